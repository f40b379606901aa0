import { expect, it } from "vitest";
import { watchAttention } from "../../../../main/ipc/attention.ts";
import type { Attention, Notification } from "../../../../main/ipc/shell.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import { heldPush } from "../../../support/git-samples.ts";
import { proposal } from "../../../support/test-services.ts";

const LAUNCH = Date.parse("2026-11-22T12:00:00.000Z");

function watched() {
  const bus = createTopicBus();
  const rung: Notification[] = [];
  const shown: Attention[] = [];
  const shell = { notify: (each: Notification) => void rung.push(each), showAttention: (each: Attention) => void shown.push(each) };
  const watch = watchAttention(bus, shell, LAUNCH);
  return { bus, rung, shown, watch };
}

it("rings once for what is filed after the launch, and not for what waited then, whenever it shows (SUP-8)", () => {
  const { bus, rung, shown } = watched();
  const old = { ...proposal("demo-aaaaa"), createdAt: "2026-11-22T11:00:00.000Z" };
  const fresh = { ...proposal("demo-bbbbb"), createdAt: "2026-11-22T12:01:00.000Z" };
  bus.publish("proposals", []);
  bus.publish("proposals", [old]);
  expect(rung).toEqual([]);
  bus.publish("proposals", [old, fresh]);
  bus.publish("proposals", [fresh, old]);
  expect(rung.map(({ title }) => title)).toEqual(["demo-bbbbb asks for something"]);
  expect(shown.at(-1)?.pending).toBe(2);
});

it("counts held pushes with proposals and rings for them in words of ours (GIT-6, SUP-8)", () => {
  const { bus, rung, shown } = watched();
  const held = heldPush("demo-aaaaa", 1, { time: "2026-11-22T12:00:10.000Z", reason: "ring the \u0007 bell" });
  bus.publish("proposals", [proposal("demo-aaaaa")]);
  bus.publish("pushes", [held, { ...heldPush("demo-aaaaa", 2), status: "refused" }]);
  expect(rung.at(-1)).toEqual({ title: "A push of demo-aaaaa is held", body: expect.not.stringContaining("bell") });
  expect(shown.at(-1)).toEqual({ running: [], pending: 2 });
  bus.publish("pushes", [{ ...held, status: "forwarded" }]);
  expect(shown.at(-1)?.pending).toBe(1);
});
