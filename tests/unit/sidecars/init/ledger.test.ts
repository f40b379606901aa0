import { copyFileSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import { Journal } from "../../../../sidecars/init/journal.ts";
import { Ledger } from "../../../../sidecars/init/ledger.ts";
import { route, SLUG } from "../../../support/bundle/bundle-folder.ts";
import { grant, requests } from "../../../support/bundle/decisions.ts";

const before = { revision: 1, routes: [route("a.example")], grants: [] };
const after = { revision: 2, routes: [route("a.example"), route("b.example")], grants: [] };
const change = { table: after, event: { type: "routes-set", by: "op", note: "", before, after } } as const;

function proposal(id: number): Proposal {
  return {
    id: `${SLUG}.${id}`,
    slug: SLUG,
    tool: "egress-block",
    createdAt: "2026-01-01T00:00:00.000Z",
    status: "pending",
    digest: "0".repeat(64),
    request: { kind: "egress-route", host: "b.example", methods: null, pathAllowlist: [], auth: null },
    justification: "please",
    decision: null,
    failure: null,
  };
}

describe("the ledger: change and news of it, both or neither", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-ledger-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function open(where = folder): { ledger: Ledger; types: () => string[] } & Disposable {
    const journal = Journal.open(join(where, "journal"));
    const ledger = Ledger.open(join(where, "state.json"), before, journal);
    return {
      ledger,
      types: () => (journal.read(0, 1e6)?.lines ?? []).map((line) => JSON.parse(line).event.type),
      [Symbol.dispose]: () => journal[Symbol.dispose](),
    };
  }

  test("a prepared change is not live, and lives on after a crash, told once", () => {
    {
      using first = open();
      first.ledger.prepare(change);
      expect(first.ledger.table.revision).toBe(1);
      expect(first.types()).toEqual([]);
    }
    for (let start = 0; start < 3; start++) {
      using again = open();
      expect(again.ledger.table.revision).toBe(2);
      expect(again.types()).toEqual(["routes-set"]);
    }
  });

  test("a change rolled back leaves nothing, also not after a crash", () => {
    {
      using first = open();
      first.ledger.prepare(change);
      first.ledger.rollBack();
    }
    using again = open();
    expect(again.ledger.table.revision).toBe(1);
    expect(again.types()).toEqual([]);
  });

  test("a proposal filed while a change is prepared keeps both", () => {
    {
      using first = open();
      first.ledger.prepare(change);
      first.ledger.file(proposal(1));
      expect(first.ledger.table.revision).toBe(1);
    }
    using again = open();
    expect(again.ledger.table.revision).toBe(2);
    expect(again.ledger.proposals.map(({ id }) => id)).toEqual([`${SLUG}.1`]);
    expect(again.types()).toEqual(["proposal-filed", "routes-set"]);
  });

  test("a crash after the state was saved and before the journal was written tells the news at the next start", () => {
    const stateOnly = mkdtempSync(join(tmpdir(), "bb-ledger-"));
    {
      using first = open();
      cpSync(join(folder, "journal"), join(stateOnly, "journal"), { recursive: true });
      first.ledger.file(proposal(1));
      copyFileSync(join(folder, "state.json"), join(stateOnly, "state.json"));
    }
    using again = open(stateOnly);
    expect(again.types()).toEqual(["proposal-filed"]);
    rmSync(stateOnly, { recursive: true, force: true });
  });

  test("keeps all that are pending and a bounded number of decided ones", () => {
    using first = open();
    for (let id = 1; id <= 130; id++) {
      first.ledger.file(proposal(id));
      if (id > 5) first.ledger.record({ proposal: { ...proposal(id), status: "rejected" }, event: { type: "dropped", count: 0 } });
    }
    expect(first.ledger.proposals.filter(({ status }) => status === "pending").length).toBe(5);
    expect(first.ledger.proposals.length).toBe(105);
    expect(first.ledger.proposal(`${SLUG}.6`)).toBeNull();
  });

  test("what is used of a grant while a change is prepared is used in both, and after a crash", () => {
    const granted = { ...before, grants: [grant("operator.1", "c.example", requests(5))] };
    const widened = { ...after, grants: granted.grants };
    {
      using first = open();
      first.ledger.record({ table: granted, event: { type: "dropped", count: 0 } });
      first.ledger.prepare({ table: widened, event: { type: "routes-set", by: "op", note: "", before: granted, after: widened } });
      first.ledger.noteUse(new Map([["operator.1", 3]]));
      expect(first.ledger.table).toMatchObject({ revision: 1, grants: [{ limit: { left: 3 } }] });
    }
    using again = open();
    expect(again.ledger.table).toMatchObject({ revision: 2, grants: [{ limit: { left: 3 } }] });
    again.ledger.noteUse(new Map([["operator.1", 4]]));
    expect(again.ledger.table.grants).toMatchObject([{ limit: { left: 3 } }]);
  });

  test("cuts and costs are kept beside a change that was rolled back", () => {
    {
      using first = open();
      first.ledger.prepare(change);
      first.ledger.record({ cuts: { all: true, refs: [] }, event: { type: "cuts-set", by: "op", cuts: { all: true, refs: [] } } });
      first.ledger.noteSpent({ day: "2026-01-01", tokens: 7, usd: 0 });
      first.ledger.rollBack();
    }
    using again = open();
    expect(again.ledger).toMatchObject({ table: { revision: 1 }, cuts: { all: true }, spent: { tokens: 7 } });
    expect(again.types()).toEqual(["cuts-set"]);
  });

  test("decided proposals are kept by number and by size", () => {
    using first = open();
    const large = "\u0000".repeat(4000);
    for (let id = 1; id <= 60; id++) {
      first.ledger.file({ ...proposal(id), justification: large });
      first.ledger.record({
        proposal: { ...proposal(id), justification: large, status: "rejected" },
        event: { type: "dropped", count: 0 },
      });
    }
    expect(first.ledger.proposals.length).toBeLessThan(50);
    expect(first.ledger.proposals.at(-1)?.id).toBe(`${SLUG}.60`);
    expect(statSync(join(folder, "state.json")).size).toBeLessThan(1.2 * 1024 * 1024);
  });

  test("a state from before grants and cuts is taken up", () => {
    const { grants: _, ...table } = before;
    writeFileSync(join(folder, "state.json"), JSON.stringify({ version: 1, table, proposals: [], nextProposal: 1, announcements: [] }));
    using first = open();
    expect(first.ledger).toMatchObject({ table: { grants: [] }, cuts: { all: false, refs: [] }, spent: null });
  });

  test("a state that cannot be read is an error, never a fresh start with routes that were revoked", () => {
    writeFileSync(join(folder, "state.json"), '{"version":1}');
    expect(() => open()).toThrow(/cannot be read/);
  });
});
