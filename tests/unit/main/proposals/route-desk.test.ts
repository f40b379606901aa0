import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import type { Grant } from "#common/domain/route.ts";
import { editFromYaml } from "../../../../main/proposals/edit-from-yaml.ts";
import { asOperatorRoute } from "../../../../main/proposals/route-desk.ts";
import { tableAsYaml } from "../../../../main/proposals/route-yaml.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { NOW, route, startDemo, testServices } from "../../../support/test-services.ts";

const auth = (tokenRef: string) => ({ scheme: "Bearer", tokenRef, inject: "replace" }) as const;
const API = route("api.example.org", { methods: ["GET"], strip: { headers: ["x-key"], queryKeys: [], cookies: [] } });
const OWN = route("chat.example.com", { auth: auth(CODEX_HOST_TOKEN_REF), origin: { kind: "provider", provider: "codex" } });
const GRANT: Grant = {
  id: "demo-aaaaa.1",
  route: route("files.example.org", { methods: ["GET"] }),
  limit: { kind: "requests", granted: 5, left: 2 },
  grantedAt: NOW.toISOString(),
  by: "me",
};

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([API, OWN]);
  world.secrets.set(CODEX_HOST_TOKEN_REF, "login");
  slug = await startDemo(world);
  const { table } = world.backend.bundle(slug);
  const after = { ...table, grants: [GRANT] };
  world.backend.bundle(slug).table = after;
  world.backend.bundle(slug).emit({ type: "routes-set", by: "test", note: "", before: table, after });
  const link = world.services.links.get(slug);
  while (link.view?.table.grants.length !== 1) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
});
afterEach(() => world[Symbol.asyncDispose]());

const kept = [GRANT.id];
const bundle = () => world.backend.bundle(slug);

describe("an operator's edit (SUP-6)", () => {
  it("is shown with the same sentence, warnings and diff as a proposal", async () => {
    const added = asOperatorRoute(route("webhook.site"));
    const view = await world.services.routes.preview({ slug, routes: [asOperatorRoute(OWN), added], keptGrants: [] });
    expect(view.sentence).toBe(
      `${slug} could send any method to anything at webhook.site. No longer reachable: api.example.org; open connections there are closed. One grant would end.`,
    );
    expect(view.warnings.join("\n")).toContain("way out for data");
    expect(view.before).toContain("granted: demo-aaaaa.1");
    expect(view.after).not.toContain("granted");
    expect(view.problems).toEqual([]);
  });

  it("is not kept from a grant's end by a route that only a manifest may have (SUP-6)", async () => {
    const before = bundle().table;
    const odd = route("odd.example.org", {
      pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: Array.from({ length: 30 }, (_, at) => `rule-${at}`) },
    });
    const after = { ...before, revision: before.revision + 1, routes: [...before.routes, odd] };
    bundle().table = after;
    bundle().emit({ type: "routes-set", by: "test", note: "", before, after });
    const link = world.services.links.get(slug);
    while (link.view?.table.revision !== after.revision) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
    expect(await world.services.routes.revoke(slug, GRANT.id, "enough")).toMatchObject({ grants: [] });
    expect(bundle().table.routes).toContainEqual(odd);
  });

  it("says of each route why it cannot be one", async () => {
    const routes = [
      { ...asOperatorRoute(API), host: "*.example.org" },
      asOperatorRoute(API),
      { ...asOperatorRoute(API), methods: ["POST"] },
    ];
    const { problems } = await world.services.routes.preview({ slug, routes, keptGrants: kept });
    expect(problems).toMatchObject([
      { index: 0, problem: expect.stringContaining("wildcards") },
      { index: 2, problem: expect.stringContaining("already") },
    ]);
    await expect(world.services.routes.set({ slug, routes, keptGrants: kept }, 1, "")).rejects.toMatchObject({ code: "bad-input" });
  });

  it("goes live as it was seen, keeps what was not edited, and is in the audit log", async () => {
    const routes = [{ ...asOperatorRoute(API), methods: ["GET", "POST"] }, asOperatorRoute(OWN)];
    const table = await world.services.routes.set({ slug, routes, keptGrants: kept }, 1, "needed");
    expect(table).toEqual(bundle().table);
    expect(table.routes).toEqual([{ ...API, methods: ["GET", "POST"], origin: { kind: "operator" } }, OWN]);
    expect(table.grants).toEqual([GRANT]);
    const link = world.services.links.get(slug);
    while (link.view?.table.revision !== 2) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
    await link.kept();
    expect((await world.services.audit.list(slug)).at(-1)).toMatchObject({ action: "operator-edit", note: "needed", subject: "routes:2" });
  });

  it("is refused upon another state of the routes", async () => {
    await expect(world.services.routes.set({ slug, routes: [], keptGrants: [] }, 0, "")).rejects.toMatchObject({ code: "stale-revision" });
  });

  it("brings a new credential before its route, and takes it back where that fails (SID-4)", async () => {
    const edit = { slug, routes: [{ ...asOperatorRoute(API), auth: { scheme: "Bearer", tokenRef: "NEW" } as const }], keptGrants: [] };
    await expect(world.services.routes.set(edit, 1, "")).rejects.toMatchObject({ code: "secret-missing" });
    world.secrets.set("NEW", "value");
    bundle().failing.set("set-routes", "egress does not answer");
    await expect(world.services.routes.set(edit, 1, "")).rejects.toThrow("egress does not answer");
    expect(bundle().secrets.has("NEW")).toBe(false);
    bundle().failing.clear();
    await world.services.routes.set(edit, 1, "");
    expect(bundle().secrets.get("NEW")).toBe("value");
  });

  it("cannot bring the operator's own login onto another host", async () => {
    const routes = [{ ...asOperatorRoute(API), auth: { scheme: "Bearer", tokenRef: CODEX_HOST_TOKEN_REF } as const }];
    const { problems } = await world.services.routes.preview({ slug, routes, keptGrants: [] });
    expect(problems).toMatchObject([{ problem: expect.stringContaining("operator's own login") }]);
  });

  it("revokes one grant and nothing else", async () => {
    const table = await world.services.routes.revoke(slug, GRANT.id, "enough");
    expect(table).toMatchObject({ revision: 2, grants: [], routes: [API, OWN] });
    await expect(world.services.routes.revoke(slug, GRANT.id, "")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("routes as YAML", () => {
  const table = {
    routes: [
      API,
      OWN,
      route("b.example.org", {
        websocket: true,
        pipelock: { tlsPassthrough: true, ssrfIpAllowlist: ["10.0.0.1"], allowFindings: ["github-pat"] },
      }),
    ],
    grants: [GRANT],
  };

  it("come back as the very edit that changes nothing", () => {
    const edit = editFromYaml(slug, tableAsYaml(table), table);
    expect(edit.keptGrants).toEqual(kept);
    expect(edit.routes.toSorted((a, b) => (a.host < b.host ? -1 : 1))).toEqual(
      table.routes.map(asOperatorRoute).toSorted((a, b) => (a.host < b.host ? -1 : 1)),
    );
  });

  it("keep grants that are not spoken of, and end those that are left out", () => {
    expect(editFromYaml(slug, "routes: []\n", table).keptGrants).toEqual(kept);
    expect(editFromYaml(slug, "routes: []\ngrants: []\n", table).keptGrants).toEqual([]);
  });

  it.each([
    "routes: 1",
    "routes:\n  - host: '*.example.org'\n",
    "routes:\n  - hosst: a.example.org\n",
    "routes:\n  - host: a.example.org\n    methods: [CONNECT]\n",
    "routes:\n  - host: api.example.org\n    strip: { headers: [other] }\n",
    "routes: []\ngrants: [{ granted: nobody.1 }]\n",
    "routes: &a [*a]\n",
    "a: b: c",
    "- 1",
  ])("are refused where they are none: %j", (yaml) => {
    expect(() => editFromYaml(slug, yaml, table)).toThrow("These are no routes");
  });
});
