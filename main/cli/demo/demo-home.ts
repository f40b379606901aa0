import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ALLOWED_HOST = "api.demo.test";
export const ASKED_HOST = "packages.demo.test";
export const TOKEN_REF = "BOT_BOTTLE_DEMO_TOKEN";

const BOTTLE = `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: ${ALLOWED_HOST}
      methods: [GET]
      auth: { scheme: Bearer, token_ref: ${TOKEN_REF} }
---
One route with a credential.
`;

/** A home that lives as long as the demonstration, so that the operator's own is not touched. */
export async function makeDemoHome(authority: string): Promise<{ readonly root: string; readonly extraCa: string } & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), "bot-bottle-demo-"));
  const extraCa = join(root, "demo-ca.pem");
  for (const folder of ["bottles", "agents"]) await mkdir(join(root, folder), { mode: 0o700 });
  await writeFile(join(root, "bottles", "demo.md"), BOTTLE, { mode: 0o600 });
  await writeFile(join(root, "agents", "demo.md"), "---\nbottle: demo\n---\n", { mode: 0o600 });
  await writeFile(extraCa, authority, { mode: 0o600 });
  return { root, extraCa, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}
