import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { FILE_EGRESS_BLOCK } from "../../../main/cli/demo/agent-script.ts";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { cliJson, runCli } from "../../support/bottle/cli.ts";

const ALLOWED = "allowed.world.test";
const ASKED = "asked.world.test";
const HOSTS = [ALLOWED, ASKED];
const BOTTLE = `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: ${ALLOWED} # the one that it needs
      methods: [GET]
---
`;

const Routes = z.object({
  revision: z.int(),
  routes: z.array(z.looseObject({ host: z.string(), methods: z.array(z.string()).nullable() })),
  grants: z.array(z.looseObject({ id: z.string(), host: z.string() })),
});
const Proposals = z.object({ proposals: z.array(z.looseObject({ id: z.string(), status: z.string() })) });
const Audit = z.object({ entries: z.array(z.looseObject({ action: z.string(), subject: z.string() })) });

/** Approvals for a while and for good, and the operator's own edits, on a real engine by the command line alone (CLI-1). */
describe("spans and edits", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;
  const status = async (host: string, path = "/x", options = "") =>
    (await bottle.sh(`curl -sS -o /dev/null ${options} -w '%{http_code}' https://${host}${path}`)).stdout;
  const table = () => cliJson(Routes, ["routes", bottle.slug, "--json"], home.env);

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS);
    bottle = await startBottle(home, "demo", HOSTS);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  /** The agent's call that waits, and the proposal that came of it. */
  async function asked(host: string, methods: readonly string[]) {
    const request = JSON.stringify({ host, methods, path_allowlist: ["/x"], justification: "tests need it" });
    const call = runCli(["exec", bottle.slug, "--", "python3", "-c", FILE_EGRESS_BLOCK, request], home.env);
    const deadline = AbortSignal.timeout(60_000);
    for (;;) {
      deadline.throwIfAborted();
      const { proposals } = await cliJson(Proposals, ["proposals", "list", "--json"], home.env);
      const [pending] = proposals.filter((each) => each.status === "pending");
      if (pending !== undefined) return { id: pending.id, call };
    }
  }

  it("lets as many requests pass as were granted, and none after (SUP-5)", async () => {
    const { id, call } = await asked(ASKED, ["GET"]);
    const approved = await bottle.cli("proposals", "approve", id, "--requests", "2");
    expect(approved.code, approved.stderr).toBe(0);
    await call;
    expect((await table()).grants).toMatchObject([{ id, host: ASKED }]);
    expect([await status(ASKED), await status(ASKED), await status(ASKED)]).toEqual(["200", "200", "403"]);
    const deadline = AbortSignal.timeout(60_000);
    while ((await table()).grants.length > 0) deadline.throwIfAborted();
    const { entries } = await cliJson(Audit, ["audit", "list", bottle.slug, "--json"], home.env);
    expect(entries.filter(({ subject }) => subject === id).map(({ action }) => action)).toEqual(["approved", "grant-ended"]);
  });

  it("is approved for good, live and in the manifest, whose comments stay (SUP-4)", async () => {
    const { id, call } = await asked(ALLOWED, ["POST"]);
    const approved = await bottle.cli("proposals", "approve", id, "--write-back", "--yes");
    expect(approved.code, approved.stderr).toBe(0);
    expect(approved.stderr).toContain("+      methods: [GET, POST]");
    await call;
    expect(await status(ALLOWED, "/x", "-X POST -d a=b")).toBe("200");
    const shown = await bottle.cli("manifests", "check", join(home.path, "bottles", "demo.md"));
    expect(shown.code, shown.stdout + shown.stderr).toBe(0);
  });

  it("takes the operator's own routes, and closes what they leave out (SUP-6)", async () => {
    const { stdout: yaml } = await bottle.cli("routes", bottle.slug, "--yaml");
    const file = join(home.path, "routes.yaml");
    await writeFile(file, yaml.replace(ALLOWED, ASKED));
    expect((await bottle.cli("routes", "set", bottle.slug, "--file", file)).code).toBe(2);
    const set = await bottle.cli("routes", "set", bottle.slug, "--file", file, "--yes", "--note", "moved");
    expect(set.code, set.stderr).toBe(0);
    expect(set.stderr).toContain(`No longer reachable: ${ALLOWED}`);
    expect([await status(ALLOWED), await status(ASKED)]).toEqual(["403", "200"]);
    const { entries } = await cliJson(Audit, ["audit", "list", bottle.slug, "--json"], home.env);
    expect(entries.at(-1)).toMatchObject({ action: "operator-edit", note: "moved" });
    expect((await bottle.cli("audit", "verify", bottle.slug)).code).toBe(0);
  });

  it("ends a grant before its time, and rejects all that waits at once", async () => {
    const first = await asked("later.world.test", ["GET"]);
    await bottle.cli("proposals", "approve", first.id, "--for", "1h");
    await first.call;
    expect((await bottle.cli("routes", "revoke", bottle.slug, first.id)).code).toBe(0);
    expect((await table()).grants).toEqual([]);
    const second = await asked("never.world.test", ["GET"]);
    const rejected = await bottle.cli("proposals", "reject", "--all", "--bottle", bottle.slug, "--yes", "--note", "not today");
    expect(rejected.stdout).toContain("1 rejected");
    expect((await second.call).stdout).toContain("not today");
  });
});
