import type { Page } from "playwright-core";
import type { FakeMain } from "./fake-main.ts";
import type { PanelOptions } from "./fake-panel.ts";

/** A state of the panel worth looking at, and how to get there. */
export interface PanelView extends PanelOptions {
  name: string;
  act?: (page: Page) => Promise<void>;
}

export const panelViews: PanelView[] = [
  {
    name: "bottle",
    hash: "#/bottle/api-refactor-k3v9q/terminal",
    act: (page) => page.getByText("waiting for the operator").first().waitFor(),
  },
  {
    name: "egress",
    hash: "#/bottle/api-refactor-k3v9q/egress",
    act: (page) =>
      page
        .getByRole("row", { name: /path-encoding|path encoding/ })
        .first()
        .click(),
  },
  {
    name: "egress-finding",
    hash: "#/bottle/api-refactor-k3v9q/egress",
    act: (page) =>
      page
        .getByRole("row", { name: /aws-access-key/ })
        .first()
        .click(),
  },
  {
    name: "egress-hosts",
    hash: "#/bottle/api-refactor-k3v9q/egress",
    act: (page) => page.getByRole("radio", { name: "Hosts" }).click(),
  },
  {
    name: "egress-what-if",
    hash: "#/bottle/api-refactor-k3v9q/egress",
    act: async (page) => {
      await page.getByRole("radio", { name: "What if" }).click();
      await page.getByRole("combobox", { name: "Host" }).fill("gitea.example.org");
      await page.getByRole("textbox", { name: "Methods" }).fill("get");
      await page.getByText("would have allowed").waitFor();
    },
  },
  {
    name: "egress-history",
    scene: "crowded",
    hash: "#/bottle/api-refactor-00002/egress?filter=genindex",
    act: async (page) => {
      await page.getByRole("button", { name: "Search older ones" }).click();
      await page.getByText("All that is kept is searched").waitFor();
    },
  },
  {
    name: "egress-cut",
    hash: "#/bottle/api-refactor-k3v9q/info",
    act: async (page) => {
      await page.getByRole("button", { name: "Cut off GITEA_PAT…" }).first().click();
      await page.getByRole("button", { name: "Cut off", exact: true }).click();
      await page.getByRole("alertdialog").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Cut all off…" }).first().click();
    },
  },
  { name: "egress-budget", hash: "#/bottle/deps-upgrade-p2x8c/info" },
  { name: "proposals-tab", hash: "#/bottle/api-refactor-k3v9q/proposals" },
  { name: "info", hash: "#/bottle/docs-writer-h7m3d/info" },
  { name: "starting", hash: "#/bottle/demo-a1b2c" },
  { name: "ended", hash: "#/bottle/perf-hunt-z4y8u" },
  { name: "inbox", hash: "#/inbox" },
  { name: "inbox-hostile", hash: "#/inbox/docs-writer-h7m3d.2" },
  { name: "inbox-edit", hash: "#/inbox/api-refactor-k3v9q.5", act: (page) => page.keyboard.press("e") },
  {
    name: "inbox-stale",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).waitFor();
      await page.evaluate(() =>
        (window as unknown as { fakeMain: { changeRoutes(slug: string): void } }).fakeMain.changeRoutes("api-refactor-k3v9q"),
      );
      await page.getByRole("button", { name: "I have read it" }).waitFor();
    },
  },
  { name: "inbox-split", hash: "#/inbox/deps-upgrade-p2x8c.3", act: (page) => page.getByRole("radio", { name: "Side by side" }).click() },
  { name: "inbox-content", hash: "#/inbox/api-refactor-k3v9q.6", act: (page) => page.keyboard.press("e") },
  {
    name: "inbox-image-edit",
    hash: "#/inbox/deps-upgrade-p2x8c.3",
    act: async (page) => {
      await page.keyboard.press("e");
      await page.getByRole("textbox", { name: "Dockerfile" }).waitFor();
    },
  },
  {
    name: "inbox-scope",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).waitFor();
      await page.keyboard.press("2");
      await page.getByRole("heading", { name: /for 15 minutes/ }).waitFor();
    },
  },
  {
    name: "inbox-write-back",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).waitFor();
      await page.keyboard.press("4");
      await page.getByRole("checkbox", { name: /Also write to/ }).waitFor();
      await page.keyboard.press("w");
      await page.getByRole("textbox", { name: /Change of bottles.dev.md/ }).waitFor();
      await page.getByRole("checkbox", { name: /Also write to/ }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "inbox-building",
    hash: "#/inbox/deps-upgrade-p2x8c.3",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).and(page.locator(":not([aria-disabled])")).waitFor();
      await page.keyboard.press("a");
      await page.getByRole("progressbar", { name: "Approval" }).waitFor();
    },
  },
  {
    name: "inbox-build-failed",
    hash: "#/inbox/deps-upgrade-p2x8c.3",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).and(page.locator(":not([aria-disabled])")).waitFor();
      await page.keyboard.press("a");
      await page.getByRole("progressbar", { name: "Approval" }).waitFor();
      await page.evaluate(() => {
        const { build } = (window as unknown as { fakeMain: FakeMain }).fakeMain.proposals;
        build.say("E: Unable to locate package postgresql-client");
        build.fail("The build failed in step 2: apt-get install ended with 100.");
      });
      await page.getByRole("log", { name: "End of the build log" }).waitFor();
    },
  },
  {
    name: "inbox-marked",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("option", { name: /packages.example.org/ }).waitFor();
      await page.keyboard.press("Shift+J");
      await page.keyboard.press("Shift+J");
      await page.getByRole("region", { name: "Marked" }).waitFor();
    },
  },
  {
    name: "inbox-reject-many",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("option", { name: /packages.example.org/ }).waitFor();
      await page.keyboard.press("Shift+J");
      await page.keyboard.press("Shift+J");
      await page.keyboard.press("r");
      await page.getByRole("alertdialog").waitFor();
    },
  },
  {
    name: "inbox-snooze",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).waitFor();
      await page.keyboard.press("s");
      await page.getByRole("dialog", { name: "Snooze this proposal" }).waitFor();
    },
  },
  {
    name: "inbox-snoozed",
    hash: "#/inbox/api-refactor-k3v9q.4",
    act: async (page) => {
      await page.getByRole("button", { name: "Approve" }).waitFor();
      await page.keyboard.press("s");
      await page.getByRole("button", { name: "1 hour" }).click();
      await page.getByRole("option", { name: /snoozed/ }).waitFor();
    },
  },
  { name: "inbox-many", scene: "crowded", hash: "#/inbox", act: (page) => page.getByRole("button", { name: "Approve" }).waitFor() },
  { name: "inbox-none", scene: "first-run", hash: "#/inbox", act: (page) => page.getByText("Nothing needs you").waitFor() },
  { name: "inbox-gone", hash: "#/inbox/demo-a1b2c.9", act: (page) => page.getByText("not in the inbox any more").waitFor() },
  { name: "inbox-decided", hash: "#/inbox/api-refactor-k3v9q.1" },
  { name: "inbox-by-rule", hash: "#/inbox/flaky-tests-w8n4t.1" },
  { name: "inbox-push", hash: "#/inbox/api-refactor-k3v9q.g7" },
  { name: "inbox-push-refused", hash: "#/inbox/api-refactor-k3v9q.g6" },
  { name: "inbox-push-decided", hash: "#/inbox/api-refactor-k3v9q.g4" },
  {
    name: "git",
    hash: "#/bottle/api-refactor-k3v9q/git",
    act: (page) => page.getByRole("list", { name: "Pushes" }).getByRole("button").nth(1).click(),
  },
  { name: "git-empty", hash: "#/bottle/docs-writer-h7m3d/git" },
  {
    name: "changes",
    hash: "#/bottle/api-refactor-k3v9q/changes",
    act: (page) => page.getByRole("option", { name: /src\/db\/query/ }).click(),
  },
  {
    name: "changes-hostile",
    hash: "#/bottle/api-refactor-k3v9q/changes",
    act: async (page) => {
      await page.getByRole("option", { name: /src\/auth\/check/ }).click();
      await page.getByText("U+202E").first().waitFor();
    },
  },
  {
    name: "changes-refused",
    hash: "#/bottle/api-refactor-k3v9q/changes",
    act: async (page) => {
      await page.getByRole("radio", { name: /^Refused/ }).click();
      await page.getByText("This is never brought back").waitFor();
    },
  },
  {
    name: "changes-bring-back",
    hash: "#/bottle/api-refactor-k3v9q/changes",
    act: async (page) => {
      await page.getByRole("option", { name: /src\/db\/pool/ }).click();
      await page.getByRole("listbox", { name: "Changes" }).press(" ");
      await page.getByRole("button", { name: "All that are ready" }).click();
      await page.getByRole("button", { name: /^Bring back \d/ }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  {
    name: "changes-done",
    hash: "#/bottle/api-refactor-k3v9q/changes",
    act: async (page) => {
      await page.getByRole("button", { name: /^Bring back \d/ }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Bring back" }).click();
      await page.getByRole("status", { name: "Brought back" }).waitFor();
    },
  },
  {
    name: "changes-patch",
    hash: "#/bottle/api-refactor-k3v9q/changes",
    act: async (page) => {
      await page.getByRole("button", { name: "Patch…" }).click();
      await page.getByRole("button", { name: "Copy" }).click();
    },
  },
  { name: "changes-comparing", hash: "#/bottle/docs-writer-h7m3d/changes", act: (page) => page.getByText("48,211").waitFor() },
  {
    name: "changes-cancelled",
    hash: "#/bottle/docs-writer-h7m3d/changes",
    act: async (page) => {
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("The comparison was cancelled").waitFor();
    },
  },
  { name: "routes", hash: "#/routes" },
  {
    name: "routes-edit",
    hash: "#/routes",
    act: async (page) => {
      await page.getByRole("button", { name: "Edit routes of api-refactor-k3v9q…" }).click();
      await page.getByRole("button", { name: "Edit gitea.example.org" }).click();
      await page.getByRole("textbox", { name: "Methods" }).fill("GET");
      await page.getByRole("textbox", { name: /Change of the routes/ }).waitFor();
    },
  },
  {
    name: "routes-problem",
    hash: "#/routes",
    act: async (page) => {
      await page.getByRole("button", { name: "Edit routes of api-refactor-k3v9q…" }).click();
      await page.getByRole("button", { name: "Add route" }).click();
      await page.getByRole("textbox", { name: "Host" }).fill("*.example.org");
      await page.getByText("no wildcards").waitFor();
      await page.getByRole("button", { name: "Revoke the grant for cdn.example.org" }).click();
    },
  },
  { name: "rules", hash: "#/rules" },
  { name: "rules-none", scene: "first-run", hash: "#/rules", act: (page) => page.getByText("Every proposal waits for you").waitFor() },
  {
    name: "rules-edit",
    hash: "#/rules",
    act: (page) => page.getByRole("button", { name: "Edit Package registry, read only" }).click(),
  },
  {
    name: "routes-filtered",
    hash: "#/routes",
    act: (page) => page.getByRole("radio", { name: "For a while" }).click(),
  },
  { name: "audit", hash: "#/audit", act: (page) => page.getByText("read only").first().click() },
  { name: "manifests", hash: "#/manifests", act: (page) => page.getByRole("link", { name: "demo", exact: true }).first().waitFor() },
  { name: "manifests-empty", scene: "first-run", hash: "#/manifests", act: (page) => page.getByText("No manifests yet").waitFor() },
  {
    name: "manifests-thousand",
    scene: "crowded",
    hash: "#/manifests",
    act: (page) => page.getByRole("link", { name: "base" }).first().waitFor(),
  },
  {
    name: "manifests-new",
    hash: "#/manifests",
    act: async (page) => {
      await page.getByRole("button", { name: "New bottle" }).click();
      await page.getByRole("radio", { name: "Claude Code" }).click();
    },
  },
  {
    name: "manifest-bottle",
    hash: "#/manifests/bottle/dev",
    act: async (page) => {
      await page.getByRole("textbox", { name: "Source of dev.md" }).waitFor();
      await page.getByRole("button", { name: /^gitea.example.org/ }).click();
    },
  },
  {
    name: "manifest-effective",
    hash: "#/manifests/bottle/dev?line=11",
    act: async (page) => {
      await page.getByRole("radio", { name: "What it becomes" }).click();
      await page.getByRole("table", { name: "What the bottle becomes" }).waitFor();
    },
  },
  {
    name: "manifest-broken",
    hash: "#/manifests/bottle/research?line=8",
    act: async (page) => {
      const source = page.getByRole("textbox", { name: "Source of research.md" });
      await source.waitFor();
      await page.getByText("unknown key").first().waitFor();
      await page.keyboard.press("End");
      await page.keyboard.type(" [");
      await page.getByText("The form waits").waitFor();
    },
  },
  {
    name: "manifest-completion",
    hash: "#/manifests/bottle/dev?line=18",
    act: async (page) => {
      await page.getByRole("textbox", { name: "Source of dev.md" }).waitFor();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Control+Space");
      await page.getByRole("listbox").getByRole("option").first().waitFor();
    },
  },
  {
    name: "manifest-conflict",
    hash: "#/manifests/agent/docs-writer?line=8",
    act: async (page) => {
      await page.getByRole("textbox", { name: "Source of docs-writer.md" }).waitFor();
      await page.keyboard.type("Be kind. ");
      await page.evaluate(() =>
        (window as unknown as { fakeMain: FakeMain }).fakeMain.manifests.writeElsewhere(
          "agent",
          "docs-writer",
          "---\nbottle: demo\n---\nYou write the handbook.\n",
        ),
      );
      await page.getByRole("region", { name: "Changed on disk" }).waitFor();
    },
  },
  {
    name: "manifest-workspace",
    hash: `#/manifests/agent/api-refactor?${new URLSearchParams({ workspace: "/home/ada/src/api" })}`,
    act: (page) => page.getByText("Read only").first().waitFor(),
  },
  {
    name: "manifest-leave",
    hash: "#/manifests/bottle/demo?line=2",
    act: async (page) => {
      await page.getByRole("textbox", { name: "Source of demo.md" }).waitFor();
      await page.keyboard.type("# mine\n");
      await page.getByRole("link", { name: "Routes" }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  { name: "secrets", hash: "#/secrets" },
  { name: "secrets-locked", hash: "#/secrets", act: (page) => page.getByRole("button", { name: "Lock", exact: true }).click() },
  { name: "secrets-none", scene: "first-run", hash: "#/secrets" },
  {
    name: "secrets-store",
    hash: "#/secrets",
    act: async (page) => {
      await page.getByRole("button", { name: "Store GITEA_PAT…" }).click();
      await page.getByRole("textbox", { name: "Value" }).fill("not a real token");
    },
  },
  {
    name: "secrets-create",
    scene: "first-run",
    hash: "#/secrets",
    act: async (page) => {
      await page.getByRole("button", { name: "Make it…" }).click();
      await page.getByRole("radio", { name: /passphrase/ }).click();
    },
  },
  {
    name: "secrets-remove",
    hash: "#/secrets",
    act: (page) => page.getByRole("button", { name: "Remove BOT_BOTTLE_CLAUDE_OAUTH_TOKEN" }).click(),
  },
  {
    name: "start-secrets",
    hash: "#/inbox",
    act: async (page) => {
      await page.keyboard.press("n");
      await page.getByRole("combobox", { name: "Agent" }).fill("docs");
      await page.getByRole("option", { name: /docs-writer/ }).click();
      await page.getByRole("textbox", { name: /Workspace/ }).fill("/home/ada/src/docs");
      await page.getByRole("button", { name: "Store GITEA_PAT…" }).waitFor();
    },
  },
  { name: "settings", hash: "#/settings" },
  {
    name: "start",
    hash: "#/inbox",
    act: async (page) => {
      await page.keyboard.press("n");
      await page.getByRole("combobox", { name: "Agent" }).fill("cla");
      await page.getByRole("option", { name: /claude/ }).click();
      await page.getByRole("region", { name: "Preflight" }).waitFor();
    },
  },
  { name: "palette", hash: "#/inbox", act: (page) => page.keyboard.press("Control+k") },
  { name: "help", hash: "#/inbox", act: (page) => page.keyboard.press("?") },
  { name: "first-run", scene: "first-run" },
  { name: "engine-down", scene: "engine-down" },
  { name: "crowded", scene: "crowded", hash: "#/bottle/api-refactor-00002/egress" },
];
