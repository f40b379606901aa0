import type { Page } from "playwright-core";
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
  { name: "inbox-decided", hash: "#/inbox/api-refactor-k3v9q.1" },
  { name: "inbox-push", hash: "#/inbox/api-refactor-k3v9q.g7" },
  { name: "inbox-push-refused", hash: "#/inbox/api-refactor-k3v9q.g6" },
  { name: "inbox-push-decided", hash: "#/inbox/api-refactor-k3v9q.g4" },
  {
    name: "git",
    hash: "#/bottle/api-refactor-k3v9q/git",
    act: (page) => page.getByRole("list", { name: "Pushes" }).getByRole("button").nth(1).click(),
  },
  { name: "git-empty", hash: "#/bottle/docs-writer-h7m3d/git" },
  { name: "routes", hash: "#/routes" },
  { name: "audit", hash: "#/audit", act: (page) => page.getByText("route-approved").first().click() },
  { name: "manifests", hash: "#/manifests" },
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
