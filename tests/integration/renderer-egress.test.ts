import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FakeMain } from "../support/fake-bridge/fake-main.ts";
import { buildFakePanel, launchBrowser, openPanel } from "../support/fake-bridge/fake-panel.ts";

const BOTTLE = "api-refactor-k3v9q";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

async function panel(hash: string, scene = "busy"): Promise<Page> {
  const { page } = await openPanel(browser, { hash, scene });
  page.setDefaultTimeout(20_000);
  return page;
}

type WithFake = { fakeMain: FakeMain };

function callsOf(page: Page, method: string): Promise<unknown[]> {
  return page.evaluate(
    (name) => (window as unknown as WithFake).fakeMain.calls.filter((call) => call.method === name).map((call) => call.input),
    method,
  );
}

const decide = (page: Page, slug = BOTTLE) => page.evaluate((each) => (window as unknown as WithFake).fakeMain.decide(each), slug);
const rowsOf = (page: Page) => page.getByRole("grid", { name: "Decisions" }).getByRole("row");

describe("requests, live (EGR-7, UI-3)", () => {
  test("by keyboard alone: filter, pause, walk, read; the list stands still meanwhile and says what is new", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await rowsOf(page).nth(1).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("gitea");
    await page.getByRole("status", { name: "Shown" }).getByText("43").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await page.getByRole("grid", { name: "Decisions" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const second = await rowsOf(page).nth(2).getAttribute("id");
    expect(await page.getByRole("grid", { name: "Decisions" }).getAttribute("aria-activedescendant")).toBe(second);
    await page.getByRole("complementary", { name: "Inspector" }).getByText("Revision", { exact: true }).waitFor();
    for (let more = 0; more < 13; more++) await decide(page);
    await page.getByRole("button", { name: "4 new", exact: true }).focus();
    expect(await rowsOf(page).nth(2).getAttribute("id")).toBe(second);
    await page.keyboard.press("Enter");
    await page.getByRole("status", { name: "Shown" }).getByText("47").waitFor();
    await page.context().close();
  });

  test("marks HTTP/2 and WebSocket, and names what the content scan caught, where and where to (DLP-2)", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await rowsOf(page).filter({ hasText: "HTTP/2" }).first().waitFor();
    await rowsOf(page).filter({ hasText: "WebSocket" }).first().waitFor();
    await page
      .getByRole("row", { name: /aws-access-key/ })
      .first()
      .click();
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByText("AKIA••••••••••••3F7Q").waitFor();
    await inspector.getByText("in the body, multipart field log, line 212, on its way to paste.example.net").waitFor();
    await inspector.getByRole("button", { name: "Let this rule pass on this host…" }).waitFor();
    await page.context().close();
  });

  test("hostile hosts, methods and paths are inert and break nothing", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await rowsOf(page).nth(1).waitFor();
    await page.evaluate((slug) => {
      const { fakeMain } = window as unknown as WithFake;
      const hostile = {
        time: new Date().toISOString(),
        host: "evil\u202egro.elpmaxe\u0000",
        port: 443,
        method: "G\u001b[2JT",
        path: `/<img src=x onerror=alert(1)>\u200b${"\u202ex".repeat(2048)}`,
        verdict: "refused" as const,
        rule: "no-route" as const,
        reason: "no route for evil\u202e<b>bold</b>",
        revision: 7,
        tokenRef: null,
        bytesUp: 1,
        bytesDown: 1,
        status: 403,
        durationMs: 1,
        finding: { rule: "r\u202e", part: "body" as const, place: "\u001b]0;t\u0007", excerpt: "<script>" },
      };
      fakeMain.publish("decisions", { slug, decisions: [{ seq: 1_000_000, decision: hostile }] });
    }, BOTTLE);
    await page.locator("#decision-1000000").click();
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByText("U+202E").first().waitFor();
    const [text, tags] = await page.evaluate(() => [
      document.body.innerText,
      document.querySelectorAll("main img, main b, aside b, script[src='x']").length,
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e\u200b]/);
    expect(tags).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await page.context().close();
  });
});

/** Seconds of script, style and layout that one frame of scrolling takes while decisions arrive. */
async function scrollCost(page: Page): Promise<number> {
  const frames = 30;
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const wanted = ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"];
    return metrics.reduce((sum, { name, value }) => (wanted.includes(name) ? sum + value : sum), 0);
  };
  const before = await busy();
  await page.evaluate(async (count) => {
    const grid = document.querySelector("[role=grid]");
    for (let frame = 0; frame < count; frame++) {
      // A screenful at a time, to and fro, so that short and long lists draw as many rows.
      grid?.scrollTo({ top: (frame % 5) * 520 });
      if (frame % 4 === 0) (window as unknown as WithFake).fakeMain.decide("api-refactor-00002");
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, frames);
  return ((await busy()) - before) / frames;
}

describe("search over history (EGR-7)", () => {
  test("goes on beyond the window, says how many it searched, and begins anew with other words", async () => {
    const page = await panel("#/bottle/api-refactor-00002/egress?filter=genindex", "crowded");
    await page.getByRole("status", { name: "History" }).getByText("newest 5,000 decisions").waitFor();
    await page.keyboard.press("o");
    await page.getByText("All that is kept is searched: searched 7,000 older, 538 found").waitFor();
    await page.getByRole("status", { name: "Shown" }).getByText("923").waitFor();
    await page.getByRole("grid", { name: "Decisions" }).focus();
    await page.keyboard.press("End");
    await page.getByRole("complementary", { name: "Inspector" }).getByText("/3/genindex.html").first().waitFor();
    await page.getByRole("searchbox", { name: "Filter decisions" }).fill("genindex docs");
    await page.getByRole("button", { name: "Search older ones" }).waitFor();
    await page.context().close();
  });

  test("10,000 rows scroll at the cost of 385 while more come, and only the visible exist (UI-3)", async () => {
    const few = await panel("#/bottle/api-refactor-00002/egress", "crowded");
    await few.getByRole("searchbox", { name: "Filter decisions" }).fill("path-encoding");
    await few.getByRole("status", { name: "Shown" }).getByText("385").waitFor();
    const many = await panel("#/bottle/api-refactor-00002/egress", "crowded");
    await many.keyboard.press("o");
    await many.getByRole("status", { name: "Shown" }).getByText("10,000").waitFor();
    const costs = { few: await scrollCost(few), many: await scrollCost(many) };
    // A share of a frame, not a time: what other programs take from the machine counts on both sides.
    expect(costs.many).toBeLessThan(3 * costs.few);
    expect(await rowsOf(many).count()).toBeLessThan(80);
    await few.context().close();
    await many.context().close();
  });

  test("all of it goes to a file, whose place is told", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await page.getByRole("button", { name: /^Export all decisions/ }).click();
    await page.getByText("140 decisions written to").waitFor();
    expect(await callsOf(page, "decisions.export")).toEqual([{ slug: BOTTLE }]);
    await page.context().close();
  });
});

describe("from a refusal to a route (EGR-7, SUP-6)", () => {
  test("the route editor opens at the narrowest route that would let it pass", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await page
      .getByRole("list", { name: "Last refusals" })
      .getByRole("button", { name: "Propose a route from this to packages.example.org…" })
      .click();
    const row = page.getByRole("dialog", { name: `Routes of ${BOTTLE}` }).getByRole("row", { name: "packages.example.org new PUT" });
    await row.waitFor();
    await page.keyboard.press("Escape");
    await page.context().close();
  });

  test("from the hosts, from a supposed route, from all routes, and from beside the terminal", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    const dialog = page.getByRole("dialog", { name: `Routes of ${BOTTLE}` });
    const opensWith = async (name: RegExp) => {
      await dialog.getByRole("row", { name }).first().waitFor();
      await dialog.getByRole("button", { name: "Close" }).click();
      const leave = page.getByRole("alertdialog").getByRole("button", { name: "Leave" });
      await Promise.race([dialog.waitFor({ state: "detached" }), leave.waitFor().then(() => leave.click())]);
      await dialog.waitFor({ state: "detached" });
    };
    await page.getByRole("radio", { name: "Hosts" }).click();
    await page.getByRole("button", { name: "Propose a route for packages.example.org…" }).click();
    await opensWith(/packages\.example\.org/);
    await page.getByRole("radio", { name: "What if" }).click();
    await page.getByRole("combobox", { name: "Host" }).fill("supposed.example.org");
    await page.getByText("No request to this host is on record").waitFor();
    await page.getByRole("button", { name: "Open as a route edit…" }).click();
    await opensWith(/supposed\.example\.org/);
    await page.getByRole("complementary", { name: "Inspector" }).getByRole("button", { name: "Edit routes…" }).click();
    await opensWith(/gitea\.example\.org/);
    await page.context().close();
  });
});

describe("hosts, routes and what if (EGR-7, EGR-2)", () => {
  test("each host with its figures, its lineage and what is left of its grants; a number leads to what it counts", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await page.getByRole("radio", { name: "Hosts" }).click();
    const table = page.getByRole("table", { name: `Hosts of ${BOTTLE} with their routes and traffic` });
    await table
      .getByRole("img", { name: /Last 60 minutes: \d+ allowed, \d+ refused or failed/ })
      .first()
      .waitFor();
    expect(await table.getByRole("link", { name: "from bottle dev.md" }).first().getAttribute("href")).toBe("#/manifests/bottle/dev");
    expect(await table.getByRole("link", { name: "approved in the inbox" }).getAttribute("href")).toMatch(/^#\/inbox\//);
    await table.getByText(/\d+ requests left/).waitFor();
    await table.getByRole("link", { name: "packages.example.org" }).click();
    await page.getByRole("status", { name: "Shown" }).getByText("22").waitFor();
    await page.context().close();
  });

  test("a grant counts down by itself and ends live", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/terminal`);
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByText(/^1[12] m left$/).waitFor();
    await inspector.getByText("status.example.org").waitFor();
    await page.evaluate((slug) => {
      const { routes } = (window as unknown as WithFake).fakeMain;
      routes.endGrant(slug, "expired");
      routes.endGrant(slug, "used-up");
    }, BOTTLE);
    await inspector.getByText("status.example.org").waitFor({ state: "detached" });
    await page.context().close();
  });

  test("what a supposed route would have let through, as it is typed; what cannot be one is said", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/egress`);
    await page.getByRole("radio", { name: "What if" }).click();
    await page.getByRole("combobox", { name: "Host" }).fill("gitea.example.org");
    await page.getByRole("textbox", { name: "Methods" }).fill("get");
    await page.getByText("11 of 43 past requests").waitFor();
    await page.getByRole("checkbox", { name: "WebSocket too" }).check();
    await page.getByText("21 of 43 past requests").waitFor();
    await page.getByRole("textbox", { name: "Path prefixes" }).fill("/api/v1/repos/team/api/pulls/");
    await page.getByText("11 of 43 past requests").waitFor();
    await page.getByRole("combobox", { name: "Host" }).fill("*.example.org");
    await page.getByText("wildcards are not allowed").waitFor();
    expect(await page.getByRole("button", { name: "Open as a route edit…" }).getAttribute("aria-disabled")).toBe("true");
    await page.context().close();
  });

  test("all routes, filtered by words and by where they come from", async () => {
    const page = await panel("#/routes");
    await page.getByRole("heading", { name: /flaky-tests/ }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("gitea k3v9q");
    await page.getByRole("heading", { name: /flaky-tests/ }).waitFor({ state: "detached" });
    expect(await page.getByRole("main").getByText("gitea.example.org").count()).toBe(1);
    await page.getByRole("searchbox", { name: "Filter routes" }).fill("");
    await page.getByRole("radio", { name: "For a while" }).click();
    await page.getByRole("main").getByText("status.example.org").waitFor();
    expect(await page.getByRole("main").getByText("gitea.example.org").count()).toBe(0);
    await page.context().close();
  });
});

describe("credentials and the kill switch (EGR-7)", () => {
  test("cut off one by keyboard after a confirmation, told by shape and word, and restored", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/info`);
    const list = page.getByRole("main").getByRole("list", { name: "Credentials" });
    await list.getByRole("button", { name: "Cut off GITEA_PAT…" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("alertdialog", { name: `Cut off GITEA_PAT for ${BOTTLE}?` });
    await dialog.getByText("cannot be taken back").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await callsOf(page, "credentials.cut")).toEqual([]);
    await list.getByRole("button", { name: "Cut off GITEA_PAT…" }).click();
    await dialog.getByRole("button", { name: "Cut off", exact: true }).focus();
    await page.keyboard.press("Enter");
    await list.getByText("cut off", { exact: true }).waitFor();
    expect(await callsOf(page, "credentials.cut")).toEqual([{ slug: BOTTLE, cuts: { all: false, refs: ["GITEA_PAT"] } }]);
    await list.getByRole("button", { name: "Restore GITEA_PAT" }).click();
    await list.getByText("cut off", { exact: true }).waitFor({ state: "detached" });
    await page.context().close();
  });

  test("cut off all at once; what another client does shows too", async () => {
    const page = await panel(`#/bottle/${BOTTLE}/info`);
    const main = page.getByRole("main");
    await main.getByRole("button", { name: "Cut all off…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Cut off", exact: true }).click();
    await main.getByText("Every credential of this bottle is cut off.").waitFor();
    expect(await main.getByText("cut off", { exact: true }).count()).toBe(2);
    expect(await main.getByRole("button", { name: /^Restore [A-Z]/ }).count()).toBe(0);
    await main.getByRole("button", { name: "Restore all" }).click();
    await main.getByRole("button", { name: "Cut off CLAUDE_OAUTH…" }).waitFor();
    await page.context().close();
  });

  test("a value that is missing is told beside its uses", async () => {
    const page = await panel("#/bottle/deps-upgrade-p2x8c/info");
    await page.getByRole("main").getByText("missing: requests stop").waitFor();
    await page.context().close();
  });
});

describe("the meter (EGR-7)", () => {
  test("tokens and cost by model with what the cost is, and the budget with what to do", async () => {
    const page = await panel("#/bottle/docs-writer-h7m3d/info");
    const main = page.getByRole("main");
    await main.getByText(/by list prices of .*: an estimate, not your bill/).waitFor();
    await main.getByRole("meter", { name: "Budget spent today" }).waitFor();
    await main
      .getByRole("table", { name: "Tokens today by model" })
      .getByRole("row", { name: /claude-opus-4-5/ })
      .waitFor();
    await page.context().close();
  });
});
