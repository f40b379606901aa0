import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { FILE_EGRESS_BLOCK } from "../../../main/cli/demo/agent-script.ts";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { cliJson, runCli, spawnCli } from "../../support/bottle/cli.ts";

const ALLOWED = "allowed.world.test";
const ASKED = "asked.world.test";
const HOSTS = [ALLOWED, ASKED];
const TOKEN = "canary-main-job-41d7";
const BOTTLE = `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: ${ALLOWED}
      auth: { scheme: Bearer, token_ref: WORLD_TOKEN }
---
`;

const Listed = z.object({
  bottles: z.array(z.looseObject({ slug: z.string(), state: z.string(), pending: z.int(), startedAt: z.string() })),
});
const Routes = z.object({
  revision: z.int(),
  routes: z.array(z.looseObject({ host: z.string(), methods: z.array(z.string()).nullable(), authScheme: z.string().nullable() })),
});
const Proposals = z.object({
  proposals: z.array(z.looseObject({ id: z.string(), slug: z.string(), tool: z.string(), createdAt: z.string(), status: z.string() })),
});

/** The main job on a real engine, by the command line alone (CLI-1). */
describe("the main job", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;
  const curl = async (host: string) =>
    (await bottle.sh(`curl -sS -o /dev/null -w '%{http_code} %{http_connect}' https://${host}/x`)).stdout;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, { WORLD_TOKEN: TOKEN });
    bottle = await startBottle(home, "demo", HOSTS);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("lists the bottle and its routes", async () => {
    const { bottles } = await cliJson(Listed, ["list", "--json"], home.env);
    expect(bottles).toMatchObject([{ slug: bottle.slug, agent: "demo", backend: "docker", state: "running", pending: 0 }]);
    const { routes } = await cliJson(Routes, ["routes", bottle.slug, "--json"], home.env);
    expect(routes).toMatchObject([{ host: ALLOWED, authScheme: "Bearer" }]);
  });

  it("runs commands as the agent's user and passes streams and exit codes on", async () => {
    const result = await runCli(["exec", bottle.slug, "--", "sh", "-c", "cat; id -u; echo oops >&2; exit 7"], home.env, "from stdin\n");
    expect(result).toEqual({ code: 7, stdout: "from stdin\n1000\n", stderr: "oops\n" });
  });

  it("lets an allowed request out with the credential, and nothing else (EGR-2, EGR-3)", async () => {
    expect(await curl(ALLOWED)).toBe("200 200");
    expect(await curl(ASKED)).toContain("403");
    const [request] = await bottle.world.requests();
    expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("follows decisions as they happen (EGR-7)", async () => {
    const child = spawnCli(["decisions", bottle.slug, "--json", "--follow"], home.env);
    try {
      const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      const next = async () => z.looseObject({ host: z.string(), path: z.string() }).parse(JSON.parse((await lines.next()).value ?? ""));
      while ((await next()).host !== ASKED);
      await bottle.sh(`curl -s https://${ALLOWED}/followed`);
      expect((await next()).path).toBe("/followed");
    } finally {
      child.kill("SIGINT");
      await once(child, "close");
    }
    expect(child.exitCode).toBe(0);
  });

  it("carries a proposal from the agent to the live route and into the audit log (SUP-1…SUP-7)", async () => {
    const request = JSON.stringify({ host: ASKED, methods: ["GET"], path_allowlist: ["/x"], justification: "tests need it" });
    const call = runCli(["exec", bottle.slug, "--", "python3", "-c", FILE_EGRESS_BLOCK, request], home.env);
    const id = await pendingProposal();
    const shown = await bottle.cli("proposals", "show", id);
    expect(shown.stdout).toContain(`${bottle.slug} could GET anything at or below /x at ${ASKED}, until the bottle ends.`);
    expect(shown.stdout).toContain("| tests need it");
    const approved = await bottle.cli("proposals", "approve", id, "--note", "go ahead");
    expect(approved.code, approved.stderr).toBe(0);
    expect((await call).stdout).toContain("go ahead");
    expect(await curl(ASKED)).toBe("200 200");
    const again = await bottle.cli("proposals", "approve", id);
    expect(again.code).toBe(7);
    const audit = await readFile(join(home.path, "state", bottle.slug, "audit.jsonl"), "utf8");
    expect(
      audit
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ subject: id, action: "approved", note: "go ahead" }]);
    expect((await bottle.cli("audit", "verify", bottle.slug)).code).toBe(0);
  });

  async function pendingProposal(): Promise<string> {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      deadline.throwIfAborted();
      const { proposals } = await cliJson(Proposals, ["proposals", "list", "--json"], home.env);
      const [pending] = proposals.filter(({ status }) => status === "pending");
      if (pending !== undefined) return pending.id;
    }
  }

  it("leaves no container, network or volume after a stop, and says what became of it (BTL-5)", async () => {
    const second = await startBottle(home, "demo", HOSTS);
    await second[Symbol.asyncDispose]();
    expect(await leftovers(second.slug)).toEqual([]);
    const { bottles } = await cliJson(Listed, ["list", "--json"], home.env);
    expect(bottles.map(({ slug, state }) => [slug, state])).toEqual([
      [bottle.slug, "running"],
      [second.slug, "stopped"],
    ]);
    const cleaned = await second.cli("cleanup", "--yes", "--json");
    expect(cleaned.code, cleaned.stderr).toBe(0);
    expect(await readdir(join(home.path, "state"))).toEqual([bottle.slug]);
  });
});

async function leftovers(slug: string): Promise<string[]> {
  const docker = new Docker();
  const filters = { label: [`bot-bottle.slug=${slug}`] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters: JSON.stringify(filters) as never }),
  ]);
  return [...containers.map(({ Id }) => Id), ...networks.map(({ Name }) => Name), ...(volumes ?? []).map(({ Name }) => Name)];
}

it("the demonstration proves each step and ends with 0", async () => {
  const result = await runCli(["demo", "--json"], {});
  expect(result.code, result.stderr).toBe(0);
  const { ok, proofs } = z
    .object({ ok: z.boolean(), proofs: z.array(z.looseObject({ ok: z.boolean() })) })
    .parse(JSON.parse(result.stdout));
  expect(ok).toBe(true);
  expect(proofs.length).toBeGreaterThanOrEqual(9);
  expect(proofs.every((proof) => proof.ok)).toBe(true);
});
