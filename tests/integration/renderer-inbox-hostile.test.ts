import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Proposal } from "#common/domain/proposal.ts";
import { drivePanel } from "../support/fake-bridge/drive-panel.ts";
import { buildFakePanel, launchBrowser } from "../support/fake-bridge/fake-panel.ts";
import { askForContent, askForImage, askForRoute, liveDockerfile } from "../support/fake-bridge/sample-proposals.ts";

let browser: Browser;

beforeAll(async () => {
  await buildFakePanel();
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

async function shown(proposal: Proposal) {
  const panel = await drivePanel(browser, { hash: "#/settings" });
  await panel.main.evaluate(({ proposals }, asked) => proposals.arrive([asked]), proposal);
  await panel.page.evaluate((id) => {
    window.location.hash = `#/inbox/${id}`;
  }, proposal.id);
  await panel.page.getByRole("article", { name: "Proposal" }).waitFor();
  return panel;
}

const HTML = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script><b>bold</b>";
const ID = "api-refactor-k3v9q.evil";

describe("SUP-4: what an agent writes is shown, and does nothing", () => {
  test("HTML stays text, in the words, the host and the list", async () => {
    await using panel = await shown(askForRoute(ID, { host: HTML, pathAllowlist: [`/${HTML}`] }, { justification: HTML }));
    await panel.page.getByRole("blockquote").getByText("<b>bold</b>").waitFor();
    expect(await panel.page.locator("main img, main script, main b:text-is('bold')").count()).toBe(0);
    expect(await panel.page.title()).not.toBe("owned");
  });

  test("terminal sequences, direction overrides and invisible characters are named where they stand", async () => {
    const justification = "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \u202egnp.exe\u202c a\u200bb \u{e0041} \x1b[2J";
    await using panel = await shown(askForRoute(ID, {}, { justification }));
    const words = panel.page.getByRole("blockquote");
    for (const code of ["U+001B", "U+0007", "U+202E", "U+202C", "U+200B", "U+E0041"]) await words.getByText(code).first().waitFor();
    expect(await words.getByRole("link").count()).toBe(0);
    expect(await words.evaluate((element) => /\p{C}/u.test(element.textContent ?? ""))).toBe(false);
  });

  test("a host in letters that look like others is warned of", async () => {
    await using panel = await shown(askForRoute(ID, { host: "xn--pypal-4ve.com" }, {}));
    await panel.page.getByRole("list", { name: "Warnings" }).getByText("letters that look like others").waitFor();
  });

  test("words without an end scroll in their box, and the decision stays in sight", async () => {
    await using panel = await shown(
      askForRoute(ID, {}, { justification: "A".repeat(2000) + "\n".repeat(1000) + "the end".padEnd(1000, "!") }),
    );
    const bar = await panel.page.getByRole("button", { name: "Approve" }).boundingBox();
    expect(bar && bar.y + bar.height).toBeLessThan(900);
    const words = await panel.page.getByRole("blockquote").boundingBox();
    expect(words?.height).toBeLessThan(400);
  });

  test("names of content rules are text too", async () => {
    await using panel = await shown(askForContent(ID, { allowFindings: [HTML.slice(0, 90), "\u202ejwt"] }, {}));
    await panel.page
      .getByRole("textbox", { name: /Change of the routes/ })
      .getByText("U+202E")
      .waitFor();
    expect(await panel.page.locator("main img:not(.cm-widgetBuffer)").count()).toBe(0);
  });
});

describe("SUP-4: a hostile Dockerfile hides nothing in its diff", () => {
  const overridden = liveDockerfile
    .replace("USER node", "USER node # \u202etnega RESU\u202c\u200b")
    .replace("ENV", "RUN a\rRUN hidden\nENV");

  test("what is added names its overrides and carriage returns, unified and side by side", async () => {
    await using panel = await shown(askForImage(ID, overridden, {}));
    const change = panel.page.getByRole("textbox", { name: /Change of the image/ });
    for (const code of ["U+202E", "U+200B", "U+000D"]) await change.getByText(code).first().waitFor();
    await panel.page.getByRole("radio", { name: "Side by side" }).click();
    const after = panel.page.getByRole("textbox", { name: /Change of the image.*after/ });
    for (const code of ["U+202E", "U+200B", "U+000D"]) await after.getByText(code).first().waitFor();
  });

  test("what is removed names them too", async () => {
    const panel = await drivePanel(browser, { hash: "#/settings" });
    await using _ = panel;
    await panel.main.evaluate(
      ({ proposals }, [asked, live]) => {
        proposals.liveImage = live;
        proposals.arrive([asked]);
      },
      [askForImage(ID, liveDockerfile, {}), overridden] as const,
    );
    await panel.page.evaluate((id) => {
      window.location.hash = `#/inbox/${id}`;
    }, ID);
    const removed = panel.page.locator(".cm-deletedChunk");
    for (const code of ["U+202E", "U+200B", "U+000D"]) await removed.getByText(code).first().waitFor();
    const texts = await removed.allTextContents();
    expect(texts.join("")).not.toMatch(/[\u200b\u202e\r]/);
  });

  test.each([
    ["of one line", `RUN ${"x".repeat(32 * 1024 - 10)}`],
    ["of sixteen thousand lines", "a\n".repeat(16 * 1024)],
  ])("32 KiB %s open at once and leave the keys working", async (_name, dockerfile) => {
    await using panel = await shown(askForImage(ID, dockerfile, { createdAt: "2020-01-01T00:00:00.000Z" }));
    await panel.page.getByRole("textbox", { name: /Change of the image/ }).waitFor();
    const started = Date.now();
    await panel.press("j");
    await panel.page.getByRole("article", { name: "Held push" }).waitFor();
    expect(Date.now() - started).toBeLessThan(5000);
  });
});
