import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_FRAME_BYTES } from "#common/wire/frame-codec.ts";
import type { GateAnswer, GateRequest } from "../../../../sidecars/init/git-gate-daemon.ts";
import { Journal } from "../../../../sidecars/init/journal.ts";
import { Ledger } from "../../../../sidecars/init/ledger.ts";
import { PushBook } from "../../../../sidecars/init/push-book.ts";
import { route, SLUG } from "../../../support/bundle/bundle-folder.ts";
import { finding, heldPush, record } from "../../../support/git-gate/sample-push.ts";

describe("decisions about held pushes (GIT-6)", () => {
  let folder: string;
  let journal: Journal;
  let asked: GateRequest[];
  let answer: () => Promise<GateAnswer>;
  let ended: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-pushes-"));
    journal = Journal.open(join(folder, "journal"));
    asked = [];
    ended = [];
    answer = async () => ({ type: "done", callId: 1 });
  });
  afterEach(() => {
    journal[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function open(): { book: PushBook; ledger: Ledger } {
    const ledger = Ledger.open(join(folder, "state.json"), { revision: 1, routes: [route("a.example")], grants: [] }, journal);
    const book = new PushBook({
      slug: SLUG,
      ledger,
      journal,
      now: () => new Date(0),
      repos: () => [],
      ask: (request) => {
        asked.push(request);
        return answer();
      },
      tellEnded: ({ push, status }) => ended.push(`${push.id} ${status}`),
      changed: () => undefined,
    });
    return { book, ledger };
  }

  const decision = (parts = {}) => ({
    type: "decide-push" as const,
    id: 1,
    pushId: `${SLUG}.g1`,
    digest: heldPush().digest,
    by: "op",
    note: "n",
    verdict: "forwarded" as const,
    allowedFindings: [finding().fingerprint],
    ...parts,
  });
  const events = (): string[] => (journal.read(0, 1e6)?.lines ?? []).map((line) => JSON.parse(line).event.type);

  test("forwarded once the gate says that the upstream has it, told once, and never again", async () => {
    const { book, ledger } = open();
    book.hold(heldPush());
    expect(await book.decide(decision())).toMatchObject({ ok: true });
    expect(asked).toMatchObject([{ type: "decide", pushId: `${SLUG}.g1`, decision: { verdict: "forwarded", note: "n" } }]);
    expect(ledger.push(`${SLUG}.g1`)).toMatchObject({ status: "forwarded", decision: { by: "op" } });
    expect(ended).toEqual([`${SLUG}.g1 forwarded`]);
    expect(events()).toEqual(["push", "push-decided"]);
    expect(await book.decide(decision())).toMatchObject({ ok: false, code: "conflict" });
  });

  test.each([
    ["another digest", { digest: "x" }, "conflict"],
    ["a finding that was not named", { allowedFindings: ["other"] }, "bad-request"],
    ["an unknown push", { pushId: `${SLUG}.g9` }, "not-found"],
  ])("%s changes nothing and asks nobody", async (_what, parts, code) => {
    const { book } = open();
    book.hold(heldPush());
    expect(await book.decide(decision(parts))).toMatchObject({ ok: false, code });
    expect(asked).toEqual([]);
  });

  test("what the gate cannot do leaves it waiting; of two at once one is asked", async () => {
    const { book, ledger } = open();
    book.hold(heldPush());
    const gate = Promise.withResolvers<GateAnswer>();
    answer = () => gate.promise;
    const both = [book.decide(decision()), book.decide(decision({ verdict: "refused" }))];
    expect(await both[1]).toMatchObject({ ok: false, code: "conflict" });
    gate.resolve({ type: "failed", callId: 1, code: "apply-failed", message: "the upstream is down" });
    expect(await both[0]).toMatchObject({ ok: false, code: "apply-failed", message: "the upstream is down" });
    expect(ledger.push(`${SLUG}.g1`)).toMatchObject({ status: "held", decision: null });
  });

  test("numbers are given once, also after a crash; held pushes and news of them survive it", () => {
    const first = open();
    expect([first.book.reserve(), first.book.reserve()]).toEqual([`${SLUG}.g1`, `${SLUG}.g2`]);
    first.book.hold(heldPush());
    const second = open();
    expect(second.book.reserve()).toBe(`${SLUG}.g3`);
    expect(second.book.picture().pushes).toEqual([heldPush()]);
    expect(events()).toEqual(["push"]);
  });

  test("withdrawn or found upstream by the gate, it ends once", () => {
    const { book, ledger } = open();
    book.hold(heldPush());
    book.withdrawn(record({ verdict: "failed", rule: "upstream-moved" }));
    book.withdrawn(record({ verdict: "failed", rule: "upstream-moved" }));
    book.forwarded(`${SLUG}.g1`, { verdict: "forwarded", decidedAt: "2026-01-01T00:00:00.000Z", by: "op", note: "", allowedFindings: [] });
    expect(ledger.push(`${SLUG}.g1`)).toMatchObject({ status: "withdrawn", push: { rule: "upstream-moved" } });
    expect(events()).toEqual(["push", "push"]);
  });

  test("the picture fits a frame, whatever waits", () => {
    const { book } = open();
    const commits = Array.from({ length: 90 }, () => ({
      id: "a".repeat(40),
      author: "a".repeat(400),
      date: "2026",
      subject: "s".repeat(300),
    }));
    for (let index = 1; index <= 50; index++) book.hold(heldPush({ push: record({ id: `${SLUG}.g${index}`, commits }) }));
    const picture = book.picture();
    expect(Buffer.byteLength(JSON.stringify(picture))).toBeLessThan(MAX_FRAME_BYTES / 2);
    expect(picture.pushes.length).toBeGreaterThan(30);
  });
});
