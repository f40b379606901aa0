import { readFile } from "node:fs/promises";
import type { Server } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { EgressDecision } from "#common/domain/decision.ts";
import type { BottleUnderTest, TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../support/bottle/bottle-under-test.ts";
import type { Attempt } from "./attempts.ts";
import { framingAttempts, networkAttempts, routeAttempts, traversalAttempts } from "./attempts.ts";

const HOSTS = ["allowed.world.test"];
const BOTTLE = `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: allowed.world.test
      path_allowlist: [/api/]
      methods: [GET, POST]
---
`;

/** SEC-3: what an agent may try from inside a real bottle, each with its safe outcome. */
describe("from inside a bottle", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;
  let neighbour: BottleUnderTest;
  let host: Server;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS);
    bottle = await startBottle(home, "demo", HOSTS);
    neighbour = await startBottle(home, "demo", HOSTS);
    host = await listenEverywhere();
    const probe = await readFile(join(import.meta.dirname, "probe.py"));
    const written = await bottle.sh(`base64 -d > /tmp/probe.py <<'END'\n${probe.toString("base64")}\nEND`);
    expect(written.code).toBe(0);
  });
  afterAll(async () => {
    host?.close();
    await neighbour?.[Symbol.asyncDispose]();
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("reaches what its route allows, so that the refusals below mean something", async () => {
    const answer = await bottle.sh("curl -sS -o /dev/null -w '%{http_code}' https://allowed.world.test/api/ping");
    expect(answer.stdout).toBe("200");
  });

  it("cannot leave by the network (BKD-2, BKD-3)", async () => {
    const addresses = await networkAddresses(bottle.slug, neighbour.slug, host);
    await expectSafe(bottle, networkAttempts(addresses));
  });

  it("cannot reach another host, port or path (EGR-2)", () => expectSafe(bottle, routeAttempts));
  it("cannot leave a path prefix by any spelling (EGR-2)", () => expectSafe(bottle, traversalAttempts));
  it("cannot smuggle a request past the parser (EGR-2)", () => expectSafe(bottle, framingAttempts));

  it("forwarded nothing of all that", async () => {
    const seen = await bottle.world.requests();
    expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual(["GET /api/ping"]);
  });
});

const Printed = z.array(z.string());

/** Makes every attempt, one after the other, and names each that did not end as it must or left no event of its own. */
async function expectSafe(bottle: BottleUnderTest, attempts: readonly Attempt[]): Promise<void> {
  const before = (await decisions(bottle)).length;
  const probes = JSON.stringify(attempts.map((attempt) => attempt.probe));
  const result = await bottle.cli("exec", bottle.slug, "--", "python3", "/tmp/probe.py", probes);
  expect(result.code, result.stderr).toBe(0);
  const printed = Printed.parse(JSON.parse(result.stdout));
  const rules = (await decisions(bottle)).slice(before).map((event) => event.rule);
  const ends = attempts.flatMap((attempt, index) =>
    attempt.outcome.test(printed[index] ?? "") ? [] : [`${attempt.name}: printed '${printed[index]}', expected ${attempt.outcome}`],
  );
  expect([...ends, ...withoutEvent(attempts, rules)]).toEqual([]);
}

/** Gives each attempt an event of its own, those that need a certain rule first; returns the ones that get none. */
function withoutEvent(attempts: readonly Attempt[], rules: readonly string[]): string[] {
  const left = [...rules];
  const choosiest = (attempt: Attempt) => rules.filter((rule) => attempt.rule?.test(rule)).length;
  return attempts
    .filter((attempt) => attempt.rule !== undefined)
    .sort((a, b) => choosiest(a) - choosiest(b))
    .flatMap((attempt) => {
      const at = left.findIndex((rule) => attempt.rule?.test(rule));
      if (at === -1) return [`${attempt.name}: no event of its own with ${attempt.rule} among ${rules}`];
      left.splice(at, 1);
      return [];
    });
}

async function decisions(bottle: BottleUnderTest): Promise<EgressDecision[]> {
  const { stdout } = await bottle.cli("decisions", bottle.slug, "--json");
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => EgressDecision.loose().parse(JSON.parse(line)));
}

/** A listener that a gateway address would lead to, were it reachable. */
function listenEverywhere(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.end()).listen(0, "0.0.0.0", () => resolve(server));
  });
}

async function networkAddresses(slug: string, neighbour: string, host: Server) {
  const docker = new Docker();
  const addressOf = async (container: string, network: string) =>
    (await docker.getContainer(container).inspect()).NetworkSettings.Networks[network]?.IPAddress as string;
  const networks = await Promise.all(
    [`bot-bottle-${slug}-internal`, `bot-bottle-${slug}-egress`].map((name) => docker.getNetwork(name).inspect()),
  );
  const gateways = networks.flatMap((network) => (network.IPAM?.Config ?? []).flatMap(gatewaysOf));
  const address = host.address();
  return {
    world: await addressOf(`test-world-${slug}`, `bot-bottle-${slug}-egress`),
    bundle: await addressOf(`bot-bottle-${slug}-sidecars`, `bot-bottle-${slug}-internal`),
    neighbour: await addressOf(`bot-bottle-${neighbour}-sidecars`, `bot-bottle-${neighbour}-internal`),
    gateways: [...new Set(gateways)],
    hostPort: String(typeof address === "object" && address !== null ? address.port : 0),
  };
}

/** The gateway the engine names, and the subnet's first address, which it would take by default. */
function gatewaysOf(config: { Gateway?: string | undefined; Subnet?: string | undefined }): string[] {
  const first = config.Subnet?.replace(/(\d+)\/\d+$/, (_match, last: string) => String(Number(last) + 1));
  return [config.Gateway, first].filter((address): address is string => address !== undefined && address !== "");
}
