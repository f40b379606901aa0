import { describe, expect, test } from "vitest";
import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import { isTouched, liveRow, newRow, rebased, routeOf, widened } from "../../../../renderer/routes/route-rows.ts";
import { route, routes } from "../../../support/fake-bridge/sample-data.ts";

const live = routes();
const [anthropic, gitea, docs] = live.map(liveRow);
if (!anthropic || !gitea || !docs) throw new Error("three routes");
const getOnly = { ...gitea, egress: { ...gitea.egress, methods: "GET" } };

describe("SUP-6: the operator's edit of routes", () => {
  test("a route that was not touched stays what it is, also one whose credential no one else may name", () => {
    const own = liveRow(route("chatgpt.com", { auth: { scheme: "Bearer", tokenRef: CODEX_HOST_TOKEN_REF, inject: "replace" } }));
    expect(isTouched(own)).toBe(false);
    expect(routeOf(own)).toMatchObject({ ok: true, route: { auth: { tokenRef: CODEX_HOST_TOKEN_REF } } });
    expect(routeOf({ ...own, egress: { ...own.egress, methods: "GET", anyMethod: false } })).toMatchObject({ ok: false });
  });

  test("every field comes back as it was typed", () => {
    const edited = {
      ...getOnly,
      websocket: true,
      pipelock: { ...gitea.pipelock, findings: "jwt", addresses: "10.0.0.1", passthrough: true },
    };
    expect(routeOf(edited)).toEqual({
      ok: true,
      route: {
        host: "gitea.example.org",
        methods: ["GET"],
        pathAllowlist: ["/api/v1/repos/team/"],
        auth: { scheme: "token", tokenRef: "GITEA_PAT" },
        websocket: true,
        pipelock: { tlsPassthrough: true, ssrfIpAllowlist: ["10.0.0.1"], allowFindings: ["jwt"] },
      },
    });
  });

  test("problems stand at their fields", () => {
    const row = newRow("new", { host: "" });
    expect(routeOf({ ...row, pipelock: { ...row.pipelock, addresses: "x".repeat(51) } })).toMatchObject({
      ok: false,
      problems: { host: "A host name is needed.", addresses: expect.any(String) },
    });
  });

  test("a suggestion widens the route of its host by what was missing", () => {
    expect(routeOf(widened(docs, { methods: ["HEAD"], pathAllowlist: [] }, null))).toMatchObject({
      ok: true,
      route: { methods: ["GET", "HEAD"], pathAllowlist: [] },
    });
    expect(routeOf(widened(gitea, { methods: null, pathAllowlist: ["/x/"] }, null))).toMatchObject({
      ok: true,
      route: { methods: null, pathAllowlist: ["/api/v1/repos/team/", "/x/"] },
    });
    expect(routeOf(widened(gitea, { methods: null, pathAllowlist: [] }, "jwt"))).toMatchObject({
      ok: true,
      route: { methods: ["GET", "POST"], pipelock: { allowFindings: ["jwt"] } },
    });
  });
});

describe("SUP-6: routes that change while the operator edits them", () => {
  const added = route("new.example.org");
  const hosts = (rows: ReturnType<typeof rebased>) => rows.map((row) => row.egress.host);

  test("what another added is not lost, what another removed is not brought back untouched", () => {
    const rows = rebased([anthropic, getOnly, docs], [live[0]!, live[1]!, added]);
    expect(hosts(rows)).toEqual(["api.anthropic.com", "gitea.example.org", "new.example.org"]);
    expect(routeOf(rows[1]!)).toMatchObject({ ok: true, route: { methods: ["GET"] } });
  });

  test("an edit outlives the removal of its route as a new route, a removal does not", () => {
    const rows = rebased([anthropic, getOnly, { ...docs, removed: true }], [live[0]!]);
    expect(hosts(rows)).toEqual(["api.anthropic.com", "gitea.example.org"]);
    expect(rows[1]?.base).toBeNull();
  });

  test("an untouched row follows its route, a new row stays", () => {
    const wider = { ...live[2]!, methods: null };
    const rows = rebased([docs, newRow("new 0", { host: "mine.example.org" })], [wider]);
    expect(hosts(rows)).toEqual(["docs.python.org", "mine.example.org"]);
    expect(isTouched(rows[0]!)).toBe(false);
    expect(routeOf(rows[0]!)).toMatchObject({ ok: true, route: { methods: null } });
  });
});
