import { describe, expect, test } from "vitest";
import { groupBottles, railOrder, rowText, statusOf, userHome } from "../../../../renderer/bottles/grouping.ts";
import { totalsOf } from "../../../../renderer/bottles/totals.ts";
import { bottles } from "../../../support/fake-bridge/sample-data.ts";
import { held } from "../../../support/fake-bridge/sample-git.ts";
import { proposals } from "../../../support/fake-bridge/sample-proposals.ts";
import { opened } from "../../../support/fake-bridge/sample-time.ts";

const context = { proposals, pushes: [held], now: opened, home: "/home/ada" };
const text = (slug: string) => rowText(bottles.find((bottle) => bottle.slug === slug)!, context);

describe("BTL-4: the rail's groups and order", () => {
  test("what needs the operator comes first, what has ended last", () => {
    const groups = groupBottles(bottles.toReversed());
    expect(groups.needsYou.map((bottle) => bottle.slug)).toEqual(["deps-upgrade-p2x8c", "docs-writer-h7m3d", "api-refactor-k3v9q"]);
    expect(groups.running.map((bottle) => bottle.slug)).toEqual(["flaky-tests-w8n4t", "api-refactor-b6c2z", "demo-a1b2c"]);
    expect(groups.stopped.map((bottle) => bottle.slug)).toEqual(["perf-hunt-z4y8u", "spike-search-r5j6f"]);
    expect(railOrder(groups)).toHaveLength(bottles.length);
  });

  test("a missing start time sorts first", () => {
    const lost = { ...bottles[3]!, slug: "lost-zzzzz", startedAt: null };
    expect(groupBottles([...bottles, lost]).running[0]!.slug).toBe("lost-zzzzz");
  });
});

describe("UI-2: the second line says the one thing worth knowing", () => {
  test("what it waits for", () => {
    expect(text("api-refactor-k3v9q")).toBe("1 push held, 4 wait in all · waiting 9 m");
    expect(text("docs-writer-h7m3d")).toBe("asks for a new route · waiting 9 m");
    expect(text("deps-upgrade-p2x8c")).toBe("asks for a new image · waiting 12 s");
  });
  test("how it ended", () => {
    expect(text("perf-hunt-z4y8u")).toBe("exited 137: out of memory");
    expect(text("spike-search-r5j6f")).toBe("exited 0");
  });
  test("where it works", () => expect(text("flaky-tests-w8n4t")).toBe("shell · ~/src/engine"));
  test("how far its start is", () => expect(text("demo-a1b2c")).toMatch(/^starting: Step 7\/14/));
  test("that its sidecars are lost", () =>
    expect(rowText({ ...bottles[0]!, pending: 0, link: "lost" }, context)).toBe("running · sidecars do not answer"));
});

test("status has a shape of its own for every state", () => {
  expect(bottles.map(statusOf)).toEqual(["needs-you", "needs-you", "needs-you", "running", "running", "starting", "stopped", "failed"]);
  expect(statusOf({ ...bottles[0]!, state: "error" })).toBe("failed");
});

test("the status bar's totals", () => {
  expect(totalsOf(bottles)).toMatchObject({ running: 5, needYou: 6, refused: 30, unreachable: [] });
});

test("the user's home is known only where bot-bottle's home is the usual one", () => {
  expect(userHome("/home/ada/.bot-bottle")).toBe("/home/ada");
  expect(userHome("/srv/bottles")).toBeNull();
});
