import { describe, expect, test } from "vitest";
import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { DaemonExit, DaemonRun } from "../../../../sidecars/init/daemon.ts";
import { Daemon } from "../../../../sidecars/init/daemon.ts";

/** A daemon whose runs are driven by the test. */
class Stage {
  readonly runs: { becomeReady(): void; exit(exit: DaemonExit): void; stopAsked: Promise<void> }[] = [];
  readonly health: DaemonHealth[] = [];
  readonly daemon: Daemon;
  #spawned = Promise.withResolvers<void>();

  constructor(backOffMs = 0) {
    this.daemon = new Daemon({
      name: "egress",
      now: () => new Date(0),
      backOffMs: () => backOffMs,
      spawn: () => this.#spawn(),
      onHealth: (health) => this.health.push(health),
    });
  }

  /** The n-th run, once it has begun. */
  async run(number: number): Promise<(typeof this.runs)[number]> {
    for (;;) {
      const run = this.runs[number - 1];
      if (run !== undefined) return run;
      await this.#spawned.promise;
    }
  }

  #spawn(): DaemonRun {
    const ready = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<DaemonExit>();
    const stopAsked = Promise.withResolvers<void>();
    this.runs.push({ becomeReady: ready.resolve, exit: exited.resolve, stopAsked: stopAsked.promise });
    this.#spawned.resolve();
    this.#spawned = Promise.withResolvers();
    return { ready: ready.promise, exited: exited.promise, stop: () => stopAsked.resolve() };
  }
}

const DONE = { code: 0, reason: null };

describe("a daemon under init (SID-1)", () => {
  test("restart requests while one is under way are one restart", async () => {
    const stage = new Stage();
    stage.daemon.start();
    (await stage.run(1)).becomeReady();
    await stage.daemon.settled();
    const restarts = Promise.all([stage.daemon.restart(), stage.daemon.restart(), stage.daemon.restart()]);
    await stage.runs[0]?.stopAsked;
    stage.runs[0]?.exit(DONE);
    (await stage.run(2)).becomeReady();
    expect(await restarts).toEqual([true, true, true]);
    expect(stage.daemon.health).toMatchObject({ state: "healthy", restarts: 1, lastError: null });
    expect(stage.runs).toHaveLength(2);
  });

  test("shutdown wins over a restart that is under way", async () => {
    const stage = new Stage();
    stage.daemon.start();
    (await stage.run(1)).becomeReady();
    await stage.daemon.settled();
    const restart = stage.daemon.restart();
    const stop = stage.daemon.stop(0);
    stage.runs[0]?.exit({ code: 7, reason: null });
    expect(await stop).toBe(7);
    expect(await restart).toBe(false);
    expect(await stage.daemon.restart()).toBe(false);
    expect(stage.runs).toHaveLength(1);
    expect(stage.daemon.health.state).toBe("stopped");
  });

  test("a crash is followed by a new run; five in a row are called failed and it is still tried", async () => {
    const stage = new Stage();
    stage.daemon.start();
    for (let crash = 1; crash <= 5; crash++) (await stage.run(crash)).exit({ code: 1, reason: `boom ${crash}` });
    const sixth = await stage.run(6);
    expect(stage.health.map(({ state }) => state)).toEqual(["restarting", "restarting", "restarting", "restarting", "failed"]);
    expect(stage.daemon.health.lastError).toBe("boom 5");
    sixth.becomeReady();
    await stage.daemon.settled();
    const stop = stage.daemon.stop(0);
    sixth.exit(DONE);
    expect(await stop).toBe(0);
  });

  test("neither a restart nor a shutdown waits for the pause after a crash", async () => {
    const stage = new Stage(3_600_000);
    stage.daemon.start();
    (await stage.run(1)).exit({ code: 1, reason: "boom" });
    await stage.daemon.settled();
    const restart = stage.daemon.restart();
    (await stage.run(2)).becomeReady();
    expect(await restart).toBe(true);
    stage.runs[1]?.exit({ code: 3, reason: "boom" });
    expect(await stage.daemon.stop(0)).toBe(3);
  });
});
