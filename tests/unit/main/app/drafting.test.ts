import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeclarations } from "../../../../main/app/declared.ts";
import { createDrafting } from "../../../../main/app/drafting.ts";
import type { Blueprint } from "../../../../main/bottles/blueprint.ts";
import { SshIdentities } from "../../../../main/git/ssh-identities.ts";
import { systemClock } from "../../../../main/platform/clock.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { Secret } from "../../../../main/platform/secret.ts";
import { HostLogins } from "../../../../main/providers/host-logins.ts";
import { builtInProviders } from "../../../../main/providers/provider-registry.ts";
import { OperatorEnv } from "../../../../main/secrets/operator-env.ts";
import { createSecretSource } from "../../../../main/secrets/secret-source.ts";
import { SecretStore } from "../../../../main/secrets/secret-store.ts";
import { FakeBackend } from "../../../support/fake-backend.ts";
import { ED25519_HOST_KEY, makePrivateKey } from "../../../support/git-samples.ts";

const IMAGE = { ref: "fake:1", build: { dockerfile: "/none", contextDir: "/none", args: {} } };
const CANARY = "canary-drafting-51c0";
const PROXY = "http://egress:9099";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bot-bottle-drafting-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** The blueprint of an agent with a prompt whose bottle declares `env`. */
async function draw(env: string, answer: string | null = CANARY, more = ""): Promise<Blueprint> {
  await mkdir(join(root, "agents"), { recursive: true });
  await mkdir(join(root, "bottles"), { recursive: true });
  await writeFile(join(root, "agents/demo.md"), "---\nbottle: demo\n---\nBe brief.\n");
  await writeFile(join(root, "bottles/demo.md"), `---\nagent_provider: { template: shell }\nenv:\n${env}${more}---\n`);
  const hostEnv = new OperatorEnv({ HOST_VALUE: CANARY }, null);
  const keepers = { keychain: async () => null, keyring: async () => null };
  const store = new SecretStore({ path: join(root, "secrets/store.json"), clock: systemClock, keepers, askPassphrase: null });
  const home = homePaths({ BOT_BOTTLE_HOME: root });
  const secrets = createSecretSource(store, hostEnv);
  const drafting = createDrafting({
    home,
    hostLogins: new HostLogins({ providers: builtInProviders, userHome: root, clock: systemClock, env: async () => ({}) }),
    loadDeclared: (workspace) => createDeclarations(home).load(workspace),
    env: hostEnv,
    secrets,
    identities: new SshIdentities({ userHome: root, resolveSecret: (ref) => secrets.resolve(ref) }),
    userHome: root,
    backend: new FakeBackend(),
    agentImages: async () => ({ agent: IMAGE, claude: IMAGE, codex: IMAGE }),
    bundleImage: async () => IMAGE,
    ask: answer === null ? null : async (prompts) => new Map(prompts.map(({ name }) => [name, new Secret(answer)])),
  });
  return drafting.draw({ agent: "demo", workspace: null });
}

const sealedFile = ({ entries }: Blueprint): string => {
  const file = entries.find(({ path }) => path.endsWith("/.bot-bottle/env.sh"));
  return file?.kind === "file" ? String(file.content) : "";
};

describe("a blueprint", () => {
  it.each(["HTTPS_PROXY: ?Which proxy", "HTTPS_PROXY: $" + "{HOST_VALUE}", "HTTPS_PROXY: http://elsewhere:1"])(
    "keeps its own way out, whatever the bottle says: %s (EGR-1, ENV-1)",
    async (line) => {
      const blueprint = await draw(`  ${line}\n  OTHER: ?Another\n`);
      expect(blueprint.env.HTTPS_PROXY).toBe(PROXY);
      expect(sealedFile(blueprint)).not.toContain("HTTPS_PROXY");
      expect(sealedFile(blueprint)).toContain("export OTHER=");
    },
  );

  it("holds a sealed value in the guest's own file only (ENV-1, ENV-3)", async () => {
    const blueprint = await draw("  TERM: ?Which\n  KEY: $" + "{HOST_VALUE}\n");
    expect(sealedFile(blueprint)).toContain(CANARY);
    expect(JSON.stringify({ ...blueprint, entries: [] })).not.toContain(CANARY);
    expect(blueprint.env).not.toHaveProperty("TERM");
  });

  it("names every path once: prompt and sealed variables share a folder", async () => {
    const paths = (await draw("  KEY: ?Which\n")).entries.map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith("/.bot-bottle"))).toHaveLength(1);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("says what must be entered where nobody can be asked, and which variable is not set (ENV-1)", async () => {
    expect((await draw("  KEY: ?Which\n", null)).problems).toEqual([expect.stringContaining("KEY must be entered")]);
    expect((await draw("  KEY: $" + "{UNSET_HERE}\n")).problems).toEqual([expect.stringContaining("UNSET_HERE")]);
  });

  it("says what is wrong with repositories and their keys, by name and never by content (MAN-5, BTL-1)", async () => {
    await writeFile(join(root, "loose"), makePrivateKey(), { mode: 0o644 });
    const repo = (name: string, identity: string, more = "") =>
      `    ${name}: { url: "ssh://git@${name}.example/r.git", identity: ${identity}${more} }\n`;
    const key = `, host_key: ${ED25519_HOST_KEY}`;
    const repos = [
      repo("a", "~/none", key),
      repo("b", "HOST_VALUE", key),
      repo("c", "~/loose", `${key}, allow_force: true`),
      repo("d", "UNSET_KEY"),
    ];
    const blueprint = await draw("  A: b\n", CANARY, `git-gate:\n  repos:\n${repos.join("")}`);
    expect(blueprint.gate.repos.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(blueprint.gate.identities.d).toEqual({ kind: "secret", ref: "UNSET_KEY" });
    expect(blueprint.lackingSecrets).toMatchObject([{ name: "UNSET_KEY" }]);
    expect(blueprint.problems).toEqual([
      expect.stringContaining("git-gate.repos.d has no host_key, so the gate cannot tell d.example from an impostor: run `ssh-keyscan"),
      "The key of a, ~/none, is not there",
      expect.stringContaining("The key of b, the secret HOST_VALUE, holds no private key"),
    ]);
    expect(blueprint.warnings).toEqual([
      "the agent may rewrite the history of c (allow_force)",
      "The key of c, ~/loose, can be read by others on this machine: run `chmod 600 ~/loose`",
    ]);
    expect(JSON.stringify(blueprint)).not.toContain(CANARY);
  });
});
