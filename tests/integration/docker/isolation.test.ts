import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LaunchPlan } from "../../../main/backends/backend.ts";
import type { Subject } from "../../contract/subjects.ts";
import { subjects } from "../../contract/subjects.ts";
import { runInGuest } from "../../support/docker/run-in-guest.ts";
import { recordProgress } from "../../support/docker/test-plan.ts";

describe("the docker backend's network (BKD-2, BKD-3, BTL-2)", () => {
  const signal = AbortSignal.timeout(900_000);
  const server = createServer((_request, response) => response.end("host"));
  const resolver = createSocket("udp4");
  const asked: string[] = [];
  let subject: Subject;
  let plans: readonly LaunchPlan[];
  const run = (script: string, index = 0) => runInGuest(subject.backend, plans[index]?.slug ?? "", script);

  beforeAll(async () => {
    const [docker] = subjects.filter(({ name }) => name === "docker");
    if (docker === undefined) throw new Error("there is no docker backend");
    subject = await docker.prepare();
    plans = [subject.plan(), subject.plan()];
    server.listen(0, "0.0.0.0");
    resolver.on("message", (_query, peer) => asked.push(peer.address)).bind(0, "0.0.0.0");
    await Promise.all([once(server, "listening"), once(resolver, "listening")]);
    await Promise.all(plans.map((plan) => subject.backend.launch(plan, recordProgress(), signal)));
  }, 900_000);

  afterAll(async () => {
    await Promise.all(plans.map(({ slug }) => subject.backend.stop(slug, 0)));
    server.close();
    resolver.close();
  });

  it("lets the agent reach its bundle by name", async () => {
    expect((await run("for i in 1 2 3 4 5; do curl -sS --noproxy '*' -m 5 http://egress:9099/ && break; sleep 0.3; done")).stdout).toBe(
      "egress\n",
    );
  });

  it("lets it reach no address of the host, its own gateway included, over TCP or UDP", async () => {
    const gateway = (await run("awk '$2 == \"00000000\" { print $3 }' /proc/net/route")).stdout.trim();
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family }) => family === "IPv4")
      .map(({ address }) => address);
    const addresses = [...own.filter((address) => address !== "127.0.0.1"), ...(gateway === "" ? [] : [dotted(gateway)])];
    const { port } = server.address() as AddressInfo;
    for (const address of addresses) {
      expect((await run(`curl -s --noproxy '*' -m 1 http://${address}:${port}/`)).stdout, address).toBe("");
      await run(`dig +time=1 +tries=1 -p ${resolver.address().port} @${address} secret.example`);
    }
    expect(asked).toEqual([]);
  });

  it("lets it reach no metadata service, no outside address and no neighbour (BTL-2)", async () => {
    const neighbour = (await run("hostname -i", 1)).stdout.trim();
    const bundle = (await run("getent hosts egress | cut -d' ' -f1", 1)).stdout.trim();
    for (const target of ["169.254.169.254", "1.1.1.1", `${neighbour}:9099`, `${bundle}:9099`]) {
      expect((await run(`curl -s --noproxy '*' -m 1 http://${target}/`)).code, target).not.toBe(0);
    }
  });

  it("denies every outside name at once (BKD-3)", async () => {
    const began = performance.now();
    expect((await run("getent hosts secret.example.com")).code).not.toBe(0);
    expect((await run("dig +tries=1 secret.example.com")).stdout).toMatch(/NXDOMAIN|SERVFAIL|REFUSED/);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it("has no IPv6", async () => {
    expect((await run("cat /proc/net/if_inet6 2>/dev/null")).stdout).toBe("");
  });
});

/** From the kernel's little-endian hexadecimal. */
function dotted(hex: string): string {
  return (hex.match(/../g) ?? [])
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}
