import { describe, expect, test } from "vitest";
import type { NumberedEvent } from "#common/wire/control.ts";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import type { RequestBody } from "../../support/bundle/control-peer.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";

function cut(refs: readonly string[], all = false): RequestBody {
  return { type: "set-cuts", cuts: { all, refs: [...refs] }, by: "op" };
}

/** What the stand-in for egress was told, and how. */
function heard(reason: string): (event: NumberedEvent) => boolean {
  return ({ event }) => event.type === "egress-decision" && event.decision.host === "cut.test" && event.decision.reason === reason;
}

describe("credentials that the operator cuts off (SID-4, EGR-3)", () => {
  test("are told to egress before the operator is answered, to every client, and hold over kill -9", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    expect(operator.ready.cuts).toEqual({ all: false, refs: [] });
    expect(await operator.request(cut(["B_TOKEN", "A_TOKEN", "B_TOKEN"]))).toMatchObject({ type: "done", revision: 1 });
    await operator.event(heard("told: A_TOKEN,B_TOKEN"));
    const { event } = await operator.event(({ event }) => event.type === "cuts-set");
    expect(event).toEqual({ type: "cuts-set", by: "op", cuts: { all: false, refs: ["A_TOKEN", "B_TOKEN"] } });
    await bundle.kill();

    await using _again = await BundleProcess.start(folder);
    await using late = await ControlPeer.greeted(folder.socket, 0);
    expect(late.ready.cuts).toEqual({ all: false, refs: ["A_TOKEN", "B_TOKEN"] });
    await late.event(heard("start: A_TOKEN,B_TOKEN"));
    expect(await late.request(cut([]))).toMatchObject({ type: "done" });
    await using last = await ControlPeer.greeted(folder.socket);
    expect(last.ready.cuts).toEqual({ all: false, refs: [] });
  });

  test("an egress that does not take them is ended, and the next one begins with them", async () => {
    await using folder = await BundleFolder.create({ supervise: false, table: { revision: 1, routes: [route("deaf-to-cuts.test")] } });
    await using _bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    expect(await operator.request(cut([], true))).toMatchObject({ type: "done" });
    await operator.event(heard("start: all"));
  });

  test("are taken while egress does not run at all, and the next one begins with them", async () => {
    const table = { revision: 1, routes: [route("crash-at-start.test")] };
    await using folder = await BundleFolder.create({ supervise: false, table });
    await using _bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    expect(await operator.request(cut(["A_TOKEN"]))).toMatchObject({ type: "done" });
    const restart = operator.request({ type: "restart", daemon: "egress" });
    expect(await operator.request(cut(["A_TOKEN", "B_TOKEN"]))).toMatchObject({ type: "done" });
    expect(await restart).toMatchObject({ type: "failed", code: "apply-failed" });
    await using late = await ControlPeer.greeted(folder.socket);
    expect(late.ready.cuts.refs).toEqual(["A_TOKEN", "B_TOKEN"]);
  });

  test("do not wait for routes that egress is slow to take", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    const slow = operator.request({ type: "set-routes", seenRevision: 1, routes: [route("mute.test")], by: "op", note: "" });
    expect(await operator.request(cut(["A_TOKEN"]))).toMatchObject({ type: "done" });
    expect(operator.frames.filter(({ type }) => type === "failed")).toEqual([]);
    expect(await slow).toMatchObject({ type: "failed", code: "apply-failed" });
    await using late = await ControlPeer.greeted(folder.socket);
    expect(late.ready).toMatchObject({ cuts: { refs: ["A_TOKEN"] }, table: { revision: 1 } });
  });
});

test("what model calls cost is given to the next egress, also after a stop (MAN-6)", async () => {
  await using folder = await BundleFolder.create({ supervise: false, table: { revision: 1, routes: [route("spending.test")] } });
  const told = (event: NumberedEvent): boolean =>
    event.event.type === "egress-decision" && event.event.decision.reason === "start: 1234 tokens";
  {
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    const routes = [route("spending.test"), route("b.example")];
    await operator.request({ type: "set-routes", seenRevision: 1, routes, by: "op", note: "" });
    await operator.request({ type: "restart", daemon: "egress" });
    await operator.event(told);
    await operator.request({ type: "shutdown" });
    await bundle.exited;
  }
  await using _again = await BundleProcess.start(folder);
  await using late = await ControlPeer.greeted(folder.socket, 0);
  const before = late.ready.lastSeq;
  await late.until(() => (late.events.filter(told).length === 2 ? true : undefined));
  expect(before).toBeGreaterThan(0);
});
