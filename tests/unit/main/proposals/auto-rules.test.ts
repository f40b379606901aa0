import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutoRule } from "#common/domain/auto-rule.ts";
import type { PipelockRequest } from "#common/domain/proposal.ts";
import type { Grant, Route } from "#common/domain/route.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { AutoRuleBook } from "../../../../main/proposals/auto-rules.ts";
import { decidingRule, hostMatches } from "../../../../main/proposals/match-rule.ts";
import { egressRequest, NOW, proposal, route } from "../../../support/test-services.ts";

function approve(changes: Partial<Extract<AutoRule, { verdict: "approve" }>> = {}): AutoRule {
  return AutoRule.parse({
    name: "read packages",
    enabled: true,
    verdict: "approve",
    bottle: "demo",
    hosts: ["packages.example.org"],
    methods: ["GET", "HEAD"],
    scope: { kind: "bottle" },
    note: "fine",
    ...changes,
  });
}

function reject(changes: Partial<Extract<AutoRule, { verdict: "reject" }>> = {}): AutoRule {
  return AutoRule.parse({ name: "never", enabled: true, verdict: "reject", bottle: null, hosts: [], tools: [], note: "no", ...changes });
}

interface Facts {
  readonly request?: Parameters<typeof proposal>[1];
  readonly routes?: readonly Route[];
  readonly grants?: readonly Grant[];
  readonly bottle?: string | null;
}

function decides(rules: readonly AutoRule[], { request = egressRequest(), routes = [], grants = [], bottle = "demo" }: Facts = {}) {
  const live = { revision: 1, routes: [...routes], grants: [...grants] };
  return decidingRule(rules, { proposal: proposal("demo-aaaaa", request), bottle, live, now: NOW })?.verdict ?? null;
}

describe("a rule that approves", () => {
  it("does so for its hosts and methods in its bottle", () => {
    expect(decides([approve()])).toBe("approve");
    expect(decides([approve({ hosts: ["*.example.org"] })])).toBe("approve");
    expect(decides([approve({ scope: { kind: "minutes", minutes: 5 } })])).toBe("approve");
  });

  it.each<[string, Partial<Parameters<typeof approve>[0]>, Facts]>([
    ["it is off", { enabled: false }, {}],
    ["the bottle is another", {}, { bottle: "other" }],
    ["it is not known which bottle it is", {}, { bottle: null }],
    ["the host is another", {}, { request: egressRequest({ host: "example.org" }) }],
    ["the host only ends alike", { hosts: ["*.example.org"] }, { request: egressRequest({ host: "badexample.org" }) }],
    ["a method is not named", {}, { request: egressRequest({ methods: ["GET", "POST"] }) }],
    ["every method is asked for", {}, { request: egressRequest({ methods: null }) }],
    ["a credential is asked for", {}, { request: egressRequest({ auth: { scheme: "Bearer", tokenRef: "TOKEN" } }) }],
    ["the host imitates another", { hosts: ["g1thub.com"] }, { request: egressRequest({ host: "g1thub.com" }) }],
    ["the host is internationalised", { hosts: ["xn--80ak6aa92e.com"] }, { request: egressRequest({ host: "xn--80ak6aa92e.com" }) }],
    ["the host is a way out for data", { hosts: ["webhook.site"] }, { request: egressRequest({ host: "webhook.site" }) }],
    ["the host is the operator's own network", { hosts: ["wiki.corp"] }, { request: egressRequest({ host: "wiki.corp" }) }],
  ])("does not where %s", (_why, changes, facts) => {
    expect(decides([approve(changes)], facts)).toBeNull();
  });

  it("does not where the route there is would be widened by more than the request says", () => {
    const auth = { scheme: "Bearer", tokenRef: "TOKEN", inject: "always" } as const;
    const host = "packages.example.org";
    expect(decides([approve()], { routes: [route(host, { methods: ["POST"] })] })).toBeNull();
    expect(decides([approve()], { routes: [route(host, { methods: ["GET"], auth })] })).toBeNull();
    expect(
      decides([approve({ scope: { kind: "requests", requests: 1 } })], { routes: [route(host, { methods: ["GET"], auth })] }),
    ).toBeNull();
    expect(decides([approve()], { routes: [route(host, { methods: ["HEAD"], websocket: true })] })).toBeNull();
    expect(decides([approve()], { routes: [route(host, { methods: ["HEAD"], pathAllowlist: ["/a/"] })] })).toBe("approve");
  });

  it("never decides about content, addresses or images", () => {
    const pipelock: PipelockRequest = {
      kind: "pipelock",
      host: "packages.example.org",
      allowFindings: ["github-pat"],
      ssrfIpAllowlist: [],
      tlsPassthrough: false,
    };
    expect(decides([approve()], { request: pipelock, routes: [route("packages.example.org")] })).toBeNull();
    expect(decides([approve()], { request: { kind: "capability", dockerfile: "FROM bot-bottle-agent\nRUN true\n" } })).toBeNull();
  });

  it("cannot be made without bottle, hosts or methods", () => {
    for (const changes of [
      { bottle: null },
      { hosts: [] },
      { methods: [] },
      { hosts: ["*"] },
      { hosts: ["*.*.org"] },
      { methods: ["CONNECT"] },
    ]) {
      expect(() => approve(changes as never)).toThrow();
    }
  });
});

describe("a rule that rejects", () => {
  it("does so by bottle, host and tool, and before later rules", () => {
    expect(decides([reject()])).toBe("reject");
    expect(decides([reject({ hosts: ["*.example.org"] }), approve()])).toBe("reject");
    expect(decides([reject({ tools: ["capability-block"] }), approve()])).toBe("approve");
    expect(decides([reject({ bottle: "other" })])).toBeNull();
    expect(decides([reject({ hosts: ["example.org"] })])).toBeNull();
  });
});

it("matches hosts on whole labels", () => {
  expect(hostMatches("*.example.org", "a.b.example.org")).toBe(true);
  for (const host of ["example.org", ".example.org", "xexample.org", "example.org.evil.net"])
    expect(hostMatches("*.example.org", host)).toBe(false);
});

describe("the rules on disk", () => {
  let home: HomePaths;
  let book: AutoRuleBook;
  const file = () => join(home.root, "auto-decisions.json");
  beforeEach(async () => {
    home = homePaths({ BOT_BOTTLE_HOME: await mkdtemp(join(tmpdir(), "bot-bottle-rules-")) });
    book = new AutoRuleBook(home);
  });
  afterEach(() => rm(home.root, { recursive: true, force: true }));

  it("are none until one is made, and are not lost to another client", async () => {
    expect(await book.list()).toEqual([]);
    await book.save([reject()], []);
    await expect(new AutoRuleBook(home).save([approve()], [])).rejects.toMatchObject({ code: "conflict" });
    expect(await new AutoRuleBook(home).save([reject(), approve()], [reject()])).toHaveLength(2);
  });

  it("have names of their own", async () => {
    await expect(book.save([reject(), reject({ name: "NEVER" })], [])).rejects.toMatchObject({ code: "bad-input" });
  });

  it.each(["{", "[".repeat(100_000), '[{"verdict":"approve"}]', '"x"'])("decide nothing where the file is broken: %j", async (text) => {
    await writeFile(file(), text, { mode: 0o600 });
    await expect(book.list()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("No rule decides anything") });
    await expect(book.save([reject()], [])).rejects.toMatchObject({ code: "conflict" });
  });

  it("decide nothing where others could have written them, or a link leads elsewhere", async () => {
    await book.save([reject()], []);
    await chmod(file(), 0o666);
    await expect(book.list()).rejects.toThrow("others than you may write it");
    await rm(file());
    await writeFile(join(home.root, "elsewhere.json"), "[]");
    await symlink(join(home.root, "elsewhere.json"), file());
    await expect(book.list()).rejects.toThrow("it is a link");
  });
});
