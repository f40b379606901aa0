import { EventEmitter, once } from "node:events";
import { describe, expect, test } from "vitest";
import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { RouteTable } from "#common/domain/route.ts";
import { EgressDaemon } from "../../../../sidecars/init/egress-daemon.ts";
import { route } from "../../../support/bundle/bundle-folder.ts";

const first: RouteTable = { revision: 1, routes: [], grants: [] };

class Fixture implements AsyncDisposable {
  readonly health = new EventEmitter<{ healthy: [DaemonHealth] }>();
  readonly egress: EgressDaemon;
  table = first;

  constructor(applyTimeoutMs = 20_000) {
    this.egress = new EgressDaemon({
      entry: new URL("../../../support/bundle/stand-in-egress.ts", import.meta.url),
      start: { listenHost: "127.0.0.1", port: 0, caCertificate: "", caKey: "", extraCa: null, budget: null },
      applyTimeoutMs,
      now: () => new Date(),
      current: () => ({ policy: { table: this.table, cuts: { all: false, refs: [] }, spent: null }, secrets: {} }),
      onDecisions: () => undefined,
      onGrantUsed: () => undefined,
      onSpent: () => undefined,
      onHealth: (health) => health.state === "healthy" && this.health.emit("healthy", health),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.egress.daemon.stop(100);
  }
}

describe("egress as init sees it (EGR-6, SUP-5)", () => {
  test("a table is applied when the worker says that it is live", async () => {
    await using fixture = new Fixture();
    fixture.egress.daemon.start();
    await fixture.egress.daemon.settled();
    await fixture.egress.applyTable({ revision: 2, routes: [route("a.example")], grants: [] });
  });

  test("a worker that says nothing is replaced by one that holds the live table", async () => {
    await using fixture = new Fixture(1000);
    fixture.egress.daemon.start();
    await fixture.egress.daemon.settled();
    const again = once(fixture.health, "healthy");
    await expect(fixture.egress.applyTable({ revision: 2, routes: [route("mute.test")], grants: [] })).rejects.toThrow(
      /did not answer in time/,
    );
    const [health] = await again;
    expect(health).toMatchObject({ restarts: 1, lastError: "did not take new routes in time" });
    await fixture.egress.applyTable({ revision: 2, routes: [], grants: [] });
  });

  test("what is durable already needs no healthy worker: the next one begins with it", async () => {
    await using fixture = new Fixture();
    await fixture.egress.enforceTable({ revision: 2, routes: [], grants: [] });
    fixture.egress.daemon.start();
    // Still starting: it answers once it listens.
    await fixture.egress.enforceCuts({ all: true, refs: [] });
    await fixture.egress.daemon.settled();
    expect(fixture.egress.daemon.health).toMatchObject({ state: "healthy", restarts: 0 });
  });

  test("a worker that does not take cuts is gone when that is answered", async () => {
    await using fixture = new Fixture(1000);
    fixture.table = { revision: 1, routes: [route("deaf-to-cuts.test")], grants: [] };
    fixture.egress.daemon.start();
    await fixture.egress.daemon.settled();
    const again = once(fixture.health, "healthy");
    await fixture.egress.enforceCuts({ all: true, refs: [] });
    const [health] = await again;
    expect(health).toMatchObject({ restarts: 1, lastError: "did not take new cuts in time" });
  });

  test("nothing is applied while it does not run", async () => {
    await using fixture = new Fixture();
    await expect(fixture.egress.applyTable(first)).rejects.toThrow(/it is starting/);
  });
});
