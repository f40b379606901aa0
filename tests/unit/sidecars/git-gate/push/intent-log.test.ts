import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IntentLog } from "../../../../../sidecars/git-gate/push/intent-log.ts";
import { record } from "../../../../support/git-gate/sample-push.ts";

describe("what is about to be sent upstream, on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-intents-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("is found by the next run until it ended", () => {
    const intent = { push: record(), updates: record().refs, decision: null };
    new IntentLog(folder).begin(intent);
    expect(new IntentLog(folder).leftovers()).toEqual([{ version: 1, ...intent }]);
    new IntentLog(folder).end(intent.push.id);
    expect(new IntentLog(folder).leftovers()).toEqual([]);
  });

  test("a file that cannot be read hides no other", () => {
    const log = new IntentLog(folder);
    log.begin({ push: record(), updates: [], decision: null });
    writeFileSync(join(folder, "demo-k3v9q.g9.json"), "{half");
    writeFileSync(join(folder, "other.new"), "");
    expect(log.leftovers()).toHaveLength(1);
  });
});
