import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { runCli } from "../support/bottle/cli.ts";
import { githubToken } from "../support/git-gate/fake-tokens.ts";
import type { UpstreamContainer, UpstreamKeys } from "../support/git-gate/upstream-container.ts";
import { makeUpstreamKeys, startUpstream } from "../support/git-gate/upstream-container.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { expectOnScreen, inboxBadge, keepPicture, openStartDialog, startFromDialog, typeInTerminal } from "../support/panel/operate.ts";

const HOST = "git.world.test";

function manifest(keys: UpstreamKeys): string {
  const repo = (name: string, more = "") =>
    `    ${name}:\n      url: ssh://git@${HOST}/~/owner/${name}.git\n      identity: ${keys.clientKey}\n      host_key: ${keys.hostKey}\n${more}`;
  return `---
agent_provider: { template: shell }
git-gate:
  user: { name: Agent, email: agent@example.org }
  repos:
${repo("app")}${repo("watched", "      on_finding: hold\n")}---
`;
}

/** Pushes as the operator meets them in a real window, from a real bottle to a real sshd. Steps build on one another. */
describe("pushes in the panel", () => {
  let keys: UpstreamKeys;
  let home: TestHome;
  let panel: Panel;
  let page: Page;
  let slug: string;
  let upstream: UpstreamContainer;
  const { text, secret } = githubToken();

  beforeAll(async () => {
    keys = await makeUpstreamKeys();
    home = await makeTestHome({ bottles: { demo: manifest(keys) }, agents: { demo: "---\nbottle: demo\n---\n" } }, ["unused.world.test"], {
      SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1",
    });
    panel = await launchPanel({ home: home.path, env: home.env });
    page = panel.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(page, `failed-${task.name.replaceAll(/[^a-z0-9]+/gi, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    await upstream?.[Symbol.asyncDispose]();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await home?.[Symbol.asyncDispose]();
    await keys?.[Symbol.asyncDispose]();
  });

  const inside = (script: string) => runCli(["exec", slug, "--", "bash", "-c", script], home.env);
  const push = (repo: string, branch: string, file: string, content: string) =>
    inside(
      `cd ~/${repo} && git switch -q -C ${branch} && printf '%s\\n' '${content}' > ${file} && git add -A && git commit -q -m 'work on ${file}' && git push -q origin ${branch} 2>&1`,
    );

  it("starts with its repositories in the preflight (BTL-1)", async () => {
    const dialog = await openStartDialog(page, "demo");
    await dialog.getByText(`watched → ${HOST}:22`).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    slug = await startFromDialog(page, "demo");
    upstream = await startUpstream(slug, HOST, keys, ["app", "watched"]);
  });

  it("an agent clones and pushes from its terminal; the Git tab shows repository and push (GIT-1, GIT-3)", async () => {
    await typeInTerminal(
      page,
      `git clone -q git@${HOST}:owner/app.git && cd app && echo hello > readme.md && git add . && git commit -qm first`,
    );
    await typeInTerminal(page, "git push -q origin HEAD:main; echo push ended with $?");
    await expectOnScreen(page, /push ended with 0/, 60_000);
    expect(await upstream.git("app", "show", "main:readme.md")).toBe("hello");
    await page.getByRole("tab", { name: "Git" }).click();
    await page.getByRole("list", { name: "Repositories" }).getByText("key ready").first().waitFor();
    await page
      .getByRole("list", { name: "Pushes" })
      .getByRole("button", { name: /forwarded.*app/ })
      .waitFor();
  });

  it("a repository is refreshed on a press, and says what it holds (GIT-2)", async () => {
    await page.getByRole("button", { name: "Refresh app" }).click();
    await page
      .getByRole("list", { name: "Repositories" })
      .getByText(/1 branch, 0 tags/)
      .waitFor();
  });

  it("a refused push is told in the inbox, with the finding and without the secret (GIT-3, GIT-4)", async () => {
    expect((await push("app", "leak", "config.ts", text)).code).not.toBe(0);
    await page.getByRole("link", { name: /^Inbox/ }).click();
    await page
      .getByRole("listbox", { name: "Inbox" })
      .getByRole("option", { name: /Refused push/ })
      .click();
    const refused = page.getByRole("article", { name: "Refused push" });
    await refused.getByText("config.ts:1").first().waitFor();
    expect(await page.content()).not.toContain(secret);
    await expectAccessible(page);
    await keepPicture(page, "git-refused");
    await refused.getByRole("button", { name: "Dismiss" }).click();
    await page
      .getByRole("listbox", { name: "Inbox" })
      .getByRole("option", { name: /Refused push/ })
      .waitFor({ state: "detached" });
    expect(await upstream.git("app", "branch", "--list", "leak")).toBe("");
  });

  it("a held push waits in the inbox with its diff and the finding on its line (GIT-6)", async () => {
    await inside(`git clone -q git@${HOST}:owner/watched.git ~/watched`);
    const held = await push("watched", "main", "fixture.ts", text);
    expect(held.stdout).toContain("held");
    await inboxBadge(page, 1).waitFor();
    await page.keyboard.press("g");
    const review = page.getByRole("article", { name: "Held push" });
    await review.getByRole("heading", { name: /Forwards 1 commit/ }).waitFor();
    await review.getByRole("list", { name: "Change of fixture.ts" }).getByText("github-pat").waitFor();
    expect(await page.content()).not.toContain(secret);
    await expectAccessible(page);
    await keepPicture(page, "git-held");
  });

  it("is forwarded by keyboard once its finding is allowed, and then is upstream (GIT-6, UI-3)", async () => {
    await page.keyboard.press("a");
    await page.getByRole("checkbox", { name: /^Let pass once: github-pat in fixture.ts/ }).focus();
    await page.keyboard.press("Space");
    await page.keyboard.press(".");
    await page.keyboard.type("a fixture");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "A held push to watched was forwarded" }).waitFor();
    expect(await upstream.git("watched", "show", "main:fixture.ts")).toBe(text);
    await inboxBadge(page, 0).waitFor();
    await keepPicture(page, "git-forwarded");
  });

  it("is in the audit log, without the secret (SUP-7)", async () => {
    await page.getByRole("link", { name: "Audit" }).click();
    await page
      .getByText(/forwarded/)
      .first()
      .waitFor();
    expect(await page.content()).not.toContain(secret);
    expect((await runCli(["audit", "verify", slug], home.env)).code).toBe(0);
  });
});
