import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EgressRequest, PipelockRequest } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import { Journal } from "../../../../sidecars/init/journal.ts";
import { Ledger } from "../../../../sidecars/init/ledger.ts";
import { ProposalDesk } from "../../../../sidecars/init/proposal-desk.ts";
import { route, SLUG } from "../../../support/bundle/bundle-folder.ts";
import { grant, requests } from "../../../support/bundle/decisions.ts";

const TABLE: RouteTable = {
  revision: 1,
  routes: [route("open.example"), route("read.example", { methods: ["GET"], pathAllowlist: ["/api/"] })],
  grants: [grant("operator.1", "granted.example", requests(5, 2)), grant("operator.2", "over.example", requests(5, 0))],
};

function egress(host: string, parts: Partial<EgressRequest> = {}): EgressRequest {
  return { kind: "egress-route", host, methods: null, pathAllowlist: [], auth: null, ...parts };
}

function pipelock(host: string, parts: Partial<PipelockRequest> = {}): PipelockRequest {
  return { kind: "pipelock", host, allowFindings: ["a-rule"], ssrfIpAllowlist: [], tlsPassthrough: false, ...parts };
}

describe("where valid requests become proposals (SUP-3)", () => {
  let folder: string;
  let journal: Journal;
  let ledger: Ledger;
  let now: Date;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bb-desk-"));
    journal = Journal.open(join(folder, "journal"));
    ledger = Ledger.open(join(folder, "state.json"), TABLE, journal);
    now = new Date("2026-01-01T00:00:00.000Z");
  });
  afterEach(() => {
    journal[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function desk(limits: Partial<{ pending: number; pendingBytes: number; perMinute: number }> = {}, capability = true): ProposalDesk {
    return new ProposalDesk({
      slug: SLUG,
      ledger,
      now: () => now,
      capability,
      limits: { pending: 20, pendingBytes: 1024 * 1024, perMinute: 10, ...limits },
    });
  }

  test("each kind has its tool, an identity and a digest of its own", () => {
    const filed = [egress("a.example"), pipelock("open.example"), { kind: "capability" as const, dockerfile: "FROM x" }].map((request) =>
      desk().file(request, "please"),
    );
    expect(filed).toMatchObject([
      { kind: "queued", proposal: { id: `${SLUG}.1`, tool: "egress-block", failure: null } },
      { kind: "queued", proposal: { id: `${SLUG}.2`, tool: "pipelock-block" } },
      { kind: "queued", proposal: { id: `${SLUG}.3`, tool: "capability-block" } },
    ]);
    expect(new Set(ledger.proposals.map(({ digest }) => digest)).size).toBe(3);
  });

  test.each([
    ["a permanent route", egress("open.example"), null],
    ["a narrower part of one", egress("read.example", { methods: ["GET"], pathAllowlist: ["/api/v1"] }), null],
    ["a grant", egress("granted.example"), { kind: "requests", left: 2 }],
  ])("what %s allows already is answered at once", (_what, request, limit) => {
    expect(desk().file(request, "please")).toMatchObject({ kind: "already-allowed", revision: 1, limit });
  });

  test.each([
    ["more methods", egress("read.example", { pathAllowlist: ["/api/"] })],
    ["every path", egress("read.example", { methods: ["GET"] })],
    ["a credential", egress("open.example", { auth: { scheme: "Bearer", tokenRef: "T" } })],
    ["a grant that is over", egress("over.example")],
  ])("%s has to be asked for", (_what, request) => {
    expect(desk().file(request, "please")).toMatchObject({ kind: "queued" });
  });

  test("where no other image can be given, none is filed", () => {
    expect(desk({}, false).file({ kind: "capability", dockerfile: "FROM x" }, "please")).toMatchObject({ kind: "refused" });
  });

  test("the same request is filed once, whoever asks how often", () => {
    desk().file(egress("a.example"), "please");
    expect(desk().file(egress("a.example"), "other words")).toMatchObject({ kind: "queued", joined: true, proposal: { id: `${SLUG}.1` } });
    expect(ledger.proposals).toHaveLength(1);
  });

  test("as many as fit: by number, by size, by the minute", () => {
    const few = desk({ pending: 2 });
    for (const host of ["a.example", "b.example"]) few.file(egress(host), "please");
    expect(few.file(egress("c.example"), "please")).toMatchObject({ kind: "refused", reason: expect.stringContaining("wait until") });
    expect(desk({ pendingBytes: 3000 }).file(egress("c.example"), "\u0000".repeat(4000))).toMatchObject({ kind: "refused" });
    expect(desk({ perMinute: 2 }).file(egress("c.example"), "please")).toMatchObject({ reason: expect.stringContaining("one minute") });
    now = new Date(now.getTime() + 60_000);
    expect(desk({ perMinute: 2 }).file(egress("c.example"), "please")).toMatchObject({ kind: "queued" });
  });

  test("a clock that was put back stops nobody", () => {
    for (const host of ["a.example", "b.example"]) desk({ perMinute: 2 }).file(egress(host), "please");
    now = new Date("2025-01-01T00:00:00.000Z");
    expect(desk({ perMinute: 2 }).file(egress("c.example"), "please")).toMatchObject({ kind: "queued" });
  });
});
