import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WorkspaceChanges } from "#common/ipc/workspace-methods.ts";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { cliJson, runCli } from "../support/bottle/cli.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { expectOnScreen, keepPicture, openStartDialog, shownSlug, typeInTerminal } from "../support/panel/operate.ts";
import type { HostTree } from "../support/workspace/host-tree.ts";
import { hostTree } from "../support/workspace/host-tree.ts";

const BOTTLE = "---\nagent_provider:\n  template: shell\nsupervise: true\n---\n";
const START_MS = 90_000;

/** A folder goes in, the agent works on its copy, and the operator decides what comes back. Steps build on one another. */
describe("a folder's way into a bottle and back (ENV-4)", () => {
  let home: TestHome;
  let project: HostTree;
  let panel: Panel;
  let page: Page;
  let slug: string;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, ["unused.world.test"]);
    project = await hostTree({
      "README.md": "# Project\n",
      "src/main.js": "run();\n",
      ".git/HEAD": "ref: refs/heads/main\n",
      ".bottleignore": "node_modules/\n",
      "node_modules/x.js": "x",
    });
    panel = await launchPanel({ home: home.path, env: home.env });
    page = panel.page;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(page, `failed-${task.name.replaceAll(/[^a-z0-9]+/gi, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await project?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  const hostText = (name: string) => readFile(join(project.path, name), "utf8");
  const change = (name: RegExp) => page.getByRole("option", { name });

  it("says in the preflight how much is copied, and copies it", async () => {
    const dialog = await openStartDialog(page, "demo");
    await dialog.getByRole("textbox", { name: /Workspace/ }).fill(project.path);
    await dialog.getByText("4 files copied").waitFor();
    await dialog.getByRole("button", { name: "Start", exact: true, disabled: false }).click();
    await page.getByRole("region", { name: "Terminal" }).waitFor({ timeout: START_MS });
    slug = shownSlug(page);
    await typeInTerminal(page, "ls -A; pwd");
    await expectOnScreen(page, /README\.md/);
    await expectOnScreen(page, /\/workspace/);
    expect(await page.locator(".xterm-rows").innerText()).not.toContain("node_modules");
  });

  it("shows what the agent changed as diffs, and what it tried", async () => {
    await typeInTerminal(
      page,
      "echo 'by the agent' >> README.md; echo 'exec.sh' > .envrc; ln -s /etc/passwd out; rm src/main.js; echo d''one",
    );
    await expectOnScreen(page, /done/);
    await page.getByRole("tab", { name: "Changes" }).click();
    await change(/README\.md/).click();
    await page.getByRole("region", { name: "Change" }).getByText("by the agent").waitFor();
    await change(/out/).getByText("refused").waitFor();
    await expectAccessible(page);
    await keepPicture(page, "changes");
  });

  it("writes what was chosen to the folder, and nothing before that", async () => {
    expect(await hostText("README.md")).toBe("# Project\n");
    await page.getByRole("button", { name: "Bring back 2…" }).click();
    await page.getByRole("alertdialog").getByText(project.path).waitFor();
    await page.getByRole("alertdialog").getByRole("button", { name: "Bring back" }).click();
    await page.getByRole("status", { name: "Brought back" }).getByText("2 changes brought back").waitFor();
    expect(await hostText("README.md")).toBe("# Project\nby the agent\n");
    await expect(hostText("src/main.js")).rejects.toThrow();
    await expect(hostText(".envrc")).rejects.toThrow();
    await expect(hostText("out")).rejects.toThrow();
  });

  it("asks again when the operator's own file changed, on the command line too (CLI-1)", async () => {
    await runCli(["exec", slug, "--", "bash", "-c", "echo agent > README.md"], home.env);
    await writeFile(join(project.path, "README.md"), "operator\n");
    const review = await cliJson(WorkspaceChanges, ["changes", slug, "--json"], home.env);
    expect(review.changes.map(({ path, conflict, refused }) => [path, conflict, refused !== null])).toEqual([
      [".envrc", false, false],
      ["README.md", true, false],
      ["out", false, true],
    ]);
    const refused = await runCli(["bring-back", slug, "README.md", "--yes"], home.env);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("changed on this machine") });
    expect(await hostText("README.md")).toBe("operator\n");
    const stale = await runCli(["bring-back", slug, "--digest", "0".repeat(64), "--yes"], home.env);
    expect(stale).toMatchObject({ code: 7 });
    const done = await runCli(["bring-back", slug, "README.md", "--overwrite", "README.md", "--digest", review.digest, "--yes"], home.env);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining("brought-back") });
    expect(await hostText("README.md")).toBe("agent\n");
  });

  it("gives the rest as a patch for other tools", async () => {
    const { stdout } = await runCli(["changes", slug, "--patch"], home.env);
    expect(stdout).toContain('# not in this patch: "out"');
    expect(stdout).toContain("diff --git a/.envrc b/.envrc\nnew file mode 100644\n--- /dev/null\n+++ b/.envrc\n");
  });
});
