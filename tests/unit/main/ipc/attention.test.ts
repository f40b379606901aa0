import { afterEach, expect, it, vi } from "vitest";
import type { NotificationSettings } from "#common/ipc/notification-methods.ts";
import { watchAttention } from "../../../../main/ipc/attention.ts";
import type { Attention, Notification } from "../../../../main/ipc/shell.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import { heldPush } from "../../../support/git-samples.ts";
import { proposal } from "../../../support/test-services.ts";

const LAUNCH = "2026-11-22T12:00:00.000Z";
const FRESH = "2026-11-22T12:01:00.000Z";

afterEach(() => {
  vi.useRealTimers();
});

function watched(settings: Partial<NotificationSettings> = {}) {
  vi.useFakeTimers({ now: new Date(LAUNCH) });
  const bus = createTopicBus();
  const rung: Notification[] = [];
  const opened: (() => void)[] = [];
  const shown: Attention[] = [];
  const shell = {
    notify: (each: Notification, open: () => void) => {
      rung.push(each);
      opened.push(open);
    },
    showAttention: (each: Attention) => void shown.push(each),
    focus: async () => undefined,
  };
  const current = { desktop: true, sound: false, quietHours: null, ...settings };
  const watch = watchAttention({ bus, shell, settings: () => current, now: () => new Date() });
  return { bus, rung, opened, shown, watch };
}

function fresh(slug: string, at = FRESH) {
  return { ...proposal(slug), createdAt: at };
}

/** Quiet hours from an hour before the launch until an hour after it, in whatever time zone this runs. */
function quietNow(): NonNullable<NotificationSettings["quietHours"]> {
  const local = (ms: number) => new Date(Date.parse(LAUNCH) + ms).toTimeString().slice(0, 5);
  return { from: local(-3_600_000), to: local(3_600_000) };
}

it("rings once for what is filed after the launch, and not for what waited then, whenever it shows (SUP-8)", () => {
  const { bus, rung, shown } = watched();
  const old = fresh("demo-aaaaa", "2026-11-22T11:00:00.000Z");
  bus.publish("proposal-changes", { changed: [], gone: [] });
  bus.publish("proposal-changes", { changed: [old], gone: [] });
  expect(rung).toEqual([]);
  bus.publish("proposal-changes", { changed: [old, fresh("demo-bbbbb")], gone: [] });
  bus.publish("proposal-changes", { changed: [fresh("demo-bbbbb"), old], gone: [] });
  expect(rung.map(({ title }) => title)).toEqual(["demo-bbbbb asks for something"]);
  expect(shown.at(-1)?.pending).toBe(2);
});

it("counts held pushes with proposals and rings for them in words of ours, without a sound (GIT-6, SUP-8)", () => {
  const { bus, rung, shown } = watched();
  const held = heldPush("demo-aaaaa", 1, { time: "2026-11-22T12:00:10.000Z", reason: "ring the \u0007 bell" });
  bus.publish("proposal-changes", { changed: [proposal("demo-aaaaa")], gone: [] });
  bus.publish("pushes", [held, { ...heldPush("demo-aaaaa", 2), status: "refused" }]);
  expect(rung.at(-1)).toEqual({ title: "A push of demo-aaaaa is held", body: expect.not.stringContaining("bell"), sound: false });
  expect(shown.at(-1)).toEqual({ running: [], pending: 2 });
  bus.publish("pushes", [{ ...held, status: "forwarded" }]);
  expect(shown.at(-1)?.pending).toBe(1);
});

it("sounds only where the operator wants it, and is silent where they want nothing (SUP-8)", () => {
  const loud = watched({ sound: true });
  loud.bus.publish("proposal-changes", { changed: [fresh("demo-aaaaa")], gone: [] });
  expect(loud.rung[0]?.sound).toBe(true);
  const silent = watched({ desktop: false });
  silent.bus.publish("proposal-changes", { changed: [fresh("demo-aaaaa")], gone: [] });
  expect([silent.rung.length, silent.shown.at(-1)?.pending]).toEqual([0, 1]);
});

it("rings once for many at a time, and names nothing that an agent chose (SUP-8)", () => {
  const { bus, rung } = watched();
  const changed = ["demo-aaaaa", "demo-bbbbb", "demo-ccccc", "demo-ddddd"].map((slug) => fresh(slug));
  bus.publish("proposal-changes", { changed, gone: [] });
  expect(rung).toEqual([{ title: "4 requests wait for you", body: "They come from 4 bottles. Open the inbox to decide.", sound: false }]);
});

it("leads to the proposal that it rang for (SUP-8)", async () => {
  const { bus, opened } = watched();
  const links: unknown[] = [];
  bus.subscribe((topic, payload) => void (topic === "proposal-link" && links.push(payload)));
  const asked = fresh("demo-aaaaa");
  bus.publish("proposal-changes", { changed: [asked], gone: [] });
  opened[0]?.();
  await vi.waitFor(() => expect(links).toEqual([{ id: asked.id }]));
});

it("keeps quiet hours and tells at their end what still waits, together (SUP-8)", () => {
  const { bus, rung, shown } = watched({ quietHours: quietNow() });
  const gone = fresh("demo-aaaaa");
  const asked = [gone, ...["demo-bbbbb", "demo-ccccc"].map((slug) => fresh(slug))];
  bus.publish("proposal-changes", { changed: asked, gone: [] });
  expect([rung.length, shown.at(-1)?.pending]).toEqual([0, 3]);
  bus.publish("proposal-changes", { changed: [{ ...gone, status: "rejected" }, ...asked.slice(1)], gone: [] });
  vi.advanceTimersByTime(3_500_000);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(200_000);
  expect(rung.map(({ title }) => title)).toEqual(["demo-bbbbb asks for something", "demo-ccccc asks for something"]);
});

it("tells soon after quiet hours that the machine slept through (SUP-8)", () => {
  const { bus, rung } = watched({ quietHours: quietNow() });
  bus.publish("proposal-changes", { changed: [fresh("demo-aaaaa")], gone: [] });
  vi.setSystemTime(Date.parse(LAUNCH) + 5 * 3_600_000);
  vi.advanceTimersByTime(5 * 60_000);
  expect(rung.map(({ title }) => title)).toEqual(["demo-aaaaa asks for something"]);
});

it("neither counts nor rings for what is snoozed, and rings again when it wakes (SUP-8)", () => {
  const { bus, rung, shown } = watched();
  const asked = fresh("demo-aaaaa");
  bus.publish("proposal-changes", { changed: [asked], gone: [] });
  bus.publish("snoozed", [{ id: asked.id, until: "2026-11-22T13:00:00.000Z" }]);
  bus.publish("proposal-changes", { changed: [asked], gone: [] });
  expect([rung.length, shown.at(-1)?.pending]).toEqual([1, 0]);
  bus.publish("snoozed", []);
  expect([rung.length, shown.at(-1)?.pending]).toEqual([2, 1]);
});
