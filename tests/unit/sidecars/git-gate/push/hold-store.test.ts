import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_GATE_LIMITS } from "#common/wire/bundle-config.ts";
import { HoldStore } from "../../../../../sidecars/git-gate/push/hold-store.ts";
import { record } from "../../../../support/git-gate/sample-push.ts";

describe("where held pushes wait (GIT-6)", () => {
  let root: string;
  let quarantine: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "bb-hold-"));
    quarantine = join(root, "quarantine");
    mkdirSync(join(quarantine, "pack"), { recursive: true });
    mkdirSync(join(quarantine, "ab"));
    writeFileSync(join(quarantine, "pack", "pack-1.pack"), "p".repeat(600));
    writeFileSync(join(quarantine, "ab", "cdef"), "o".repeat(100));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const folder = (): string => join(root, "held");
  const open = (held: string[] = [], limits = {}): HoldStore => new HoldStore(folder(), { ...DEFAULT_GATE_LIMITS, ...limits }, held);
  const push = (id: string) => ({ id, repo: "project", updates: record().refs, objects: quarantine });

  test("a push is kept with its objects, also once git has emptied the quarantine and after a restart", () => {
    expect(open().keep(push("demo-k3v9q.g1"))).toBeNull();
    rmSync(quarantine, { recursive: true });
    const hold = open(["demo-k3v9q.g1"]).get("demo-k3v9q.g1");
    expect(hold).toMatchObject({ repo: "project", updates: record().refs, bytes: 700 });
    expect(readFileSync(join(hold?.objects ?? "", "pack", "pack-1.pack"), "utf8")).toHaveLength(600);
  });

  test("one that brings nothing, as a deletion does, is kept too", () => {
    const store = open();
    expect(store.keep({ ...push("demo-k3v9q.g1"), objects: null })).toBeNull();
    expect(store.get("demo-k3v9q.g1")).toMatchObject({ bytes: 0 });
  });

  test("no more than the limits, in number and in bytes", () => {
    const few = open([], { heldPushes: 1 });
    few.keep(push("demo-k3v9q.g1"));
    expect(few.keep(push("demo-k3v9q.g2"))).toMatch(/1 pushes wait for the operator already/);
    expect(open([], { heldBytes: 699 }).keep(push("demo-k3v9q.g3"))).toMatch(/more room than they may/);
  });

  test("what init does not know, whole or half written, was promised to nobody and goes", () => {
    open().keep(push("demo-k3v9q.g1"));
    mkdirSync(join(folder(), "demo-k3v9q.g2.new"));
    expect(open([]).get("demo-k3v9q.g1")).toBeNull();
    expect(readdirSync(folder())).toEqual([]);
  });

  test("what was lost or damaged is not there, and stops nothing", () => {
    open().keep(push("demo-k3v9q.g1"));
    writeFileSync(join(folder(), "demo-k3v9q.g1", "hold.json"), "{");
    const store = open(["demo-k3v9q.g1", "demo-k3v9q.g2"]);
    expect([store.get("demo-k3v9q.g1"), store.get("demo-k3v9q.g2")]).toEqual([null, null]);
  });

  test("one that ended is gone", () => {
    const store = open();
    store.keep(push("demo-k3v9q.g1"));
    store.remove("demo-k3v9q.g1");
    expect(store.get("demo-k3v9q.g1")).toBeNull();
    expect(existsSync(join(folder(), "demo-k3v9q.g1"))).toBe(false);
  });
});
