import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StartStepName } from "#common/domain/bottle.ts";
import type { Slug } from "#common/domain/names.ts";
import type { LaunchPlan } from "../../main/backends/backend.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { recordProgress } from "../support/docker/test-plan.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

describe.each(subjects)("lifecycle on the backend $name (BKD-1)", (source) => {
  const signal = AbortSignal.timeout(900_000);
  const started = new Set<Slug>();
  let subject: Subject;

  beforeAll(async () => {
    subject = await source.prepare();
  }, 900_000);

  afterEach(async () => {
    for (const slug of started) await subject.backend.stop(slug, 0);
    started.clear();
  });

  async function launch(changes: Partial<LaunchPlan> = {}): Promise<LaunchPlan> {
    const plan = subject.plan(changes);
    started.add(plan.slug);
    await subject.backend.launch(plan, recordProgress(), signal);
    return plan;
  }

  async function remaining(slug: Slug) {
    return (await subject.backend.remnants(signal)).filter((remnant) => remnant.slug === slug);
  }

  it("says whether it can be used, with its version and runtime", async () => {
    expect(await subject.backend.status(signal)).toMatchObject({
      available: true,
      version: expect.any(String),
      runtime: expect.any(String),
    });
  });

  it("starts in named steps, lists the bottle, and stops without leaving anything (BTL-1, BTL-5)", async () => {
    const plan = subject.plan();
    const progress = recordProgress();
    started.add(plan.slug);
    await subject.backend.launch(plan, progress, signal);
    expect(progress.finished).toEqual(["image", "networks", "create", "copy", "start"]);
    const listed = (await subject.backend.list(signal)).find(({ slug }) => slug === plan.slug);
    expect(listed).toMatchObject({ state: "running", exitCode: null, problem: null, labels: { "bot-bottle.agent": "contract" } });
    expect(Math.abs(Date.now() - Date.parse(listed?.startedAt ?? ""))).toBeLessThan(60_000);

    const report = await subject.backend.stop(plan.slug, 5);
    expect(report.failed).toEqual([]);
    expect(report.removed.length).toBeGreaterThan(0);
    expect(await remaining(plan.slug)).toEqual([]);
    expect((await subject.backend.list(signal)).map(({ slug }) => slug)).not.toContain(plan.slug);
  });

  it("treats stopping what is gone as done (BTL-5)", async () => {
    expect(await subject.backend.stop(subject.plan().slug, 1)).toEqual({ removed: [], failed: [] });
  });

  it("lets the agent wind up within the grace", async () => {
    const wait = "trap 'echo wound up; exit 0' HUP; echo ready; while :; do read -r -t 60 _; done";
    const plan = await launch({ command: ["bash", "-c", wait] });
    const began = performance.now();
    await subject.backend.stop(plan.slug, 20);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it("tells an agent's end and its exit code, and watches it happen (D4, D12)", async () => {
    const changes: Slug[] = [];
    const { promise: gap, resolve: onGap } = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    await using _watch = subject.backend.watch((slug) => {
      changes.push(slug);
      void subject.backend
        .list(signal)
        .then((all) => all.some((bottle) => bottle.slug === slug && bottle.state === "exited") && waiting.resolve());
    }, onGap);
    await gap;
    const plan = await launch({ command: ["bash", "-c", "sleep 0.3; exit 3"] });
    await waiting.promise;
    expect(changes).toContain(plan.slug);
    expect((await subject.backend.list(signal)).find(({ slug }) => slug === plan.slug)).toMatchObject({ state: "exited", exitCode: 3 });
  });

  it("refuses a second bottle of one name and leaves the first alone", async () => {
    const plan = await launch();
    await expect(subject.backend.launch(plan, recordProgress(), signal)).rejects.toMatchObject({ code: "conflict" });
    expect(await runInGuest(subject.backend, plan.slug, "echo alive")).toMatchObject({ stdout: "alive\n" });
  });

  it.each<StartStepName>(["image", "networks", "create", "copy", "start"])("leaves nothing when cancelled at %s (BTL-5)", async (step) => {
    const plan = subject.plan();
    const cancel = new AbortController();
    const progress = recordProgress((begun) => begun === step && setImmediate(() => cancel.abort(new Error("cancelled by the operator"))));
    const launched = subject.backend.launch(plan, progress, cancel.signal).then(
      () => "started",
      (error: Error) => error.message,
    );
    expect(["cancelled by the operator", "started"]).toContain(await launched);
    if ((await launched) === "started") await subject.backend.stop(plan.slug, 0);
    expect(await remaining(plan.slug)).toEqual([]);
  });

  it("does not begin when it is cancelled already", async () => {
    const plan = subject.plan();
    await expect(subject.backend.launch(plan, recordProgress(), AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    expect(await remaining(plan.slug)).toEqual([]);
  });

  it("leaves nothing when the agent's command cannot be run, and says why (BTL-5)", async () => {
    const plan = subject.plan({ command: ["/no/such/program"] });
    const outcome = await subject.backend.launch(plan, recordProgress(), signal).then(
      () => null,
      (error: unknown) => error,
    );
    if (outcome === null) {
      // An init may start first and report it as the exit code.
      await subject.backend.stop(plan.slug, 0);
    } else expect(outcome).toMatchObject({ code: "start-failed" });
    expect(await remaining(plan.slug)).toEqual([]);
  });

  it("finds and removes what a crashed start or panel left (BTL-5)", async () => {
    const plan = await launch();
    const left = await remaining(plan.slug);
    expect(new Set(left.map(({ kind }) => kind)).size).toBeGreaterThan(0);
    const report = await subject.backend.remove(left);
    expect(report.failed).toEqual([]);
    expect(report.removed).toHaveLength(left.length);
    expect(await remaining(plan.slug)).toEqual([]);
  });

  it("goes on past what it cannot remove and names it (BTL-5)", async () => {
    const plan = await launch();
    const impossible = { slug: plan.slug, kind: "machine", name: "elsewhere" } as const;
    const report = await subject.backend.remove([impossible, ...(await remaining(plan.slug))]);
    expect(report.failed).toEqual([{ remnant: impossible, reason: expect.any(String) }]);
    expect(await remaining(plan.slug)).toEqual([]);
  });
});
