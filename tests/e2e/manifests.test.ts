import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { TestHome } from "../support/bottle/bottle-under-test.ts";
import { makeTestHome } from "../support/bottle/bottle-under-test.ts";
import { cliJson, runCli } from "../support/bottle/cli.ts";
import { expectAccessible } from "../support/panel/accessibility.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";
import { expectOnScreen, keepPicture, startFromDialog } from "../support/panel/operate.ts";

const CORPUS = join(import.meta.dirname, "../fixtures/manifests/malformed");
const BOTTLE = "---\nagent_provider:\n  template: shell\nsupervise: true\n---\n";
const Problems = z.looseObject({ errors: z.array(z.object({ file: z.string(), line: z.int(), message: z.string() })) });

/** Whatever is written into the home, the panel says where it is wrong and goes on (MAN-9). */
describe("malformed manifests while the panel is open", () => {
  let home: TestHome;
  let panel: Panel;
  let slug: string;

  const place = () => panel.page.getByRole("link", { name: /^Manifests/ });
  const filter = () => panel.page.getByRole("searchbox", { name: "Filter manifests" });
  const at = (file: string, line: number) => panel.page.getByText(`${join(home.path, file)}:${line}`, { exact: true });

  /** All that the list shows on the way to its end: rows exist only while they are in sight. */
  async function scrolledText(): Promise<string> {
    const list = panel.page.getByRole("region", { name: "Files" });
    const seen: string[] = [];
    for (let more = true; more; ) {
      seen.push(await list.innerText());
      more = await list.evaluate(async (region) => {
        const before = region.scrollTop;
        region.scrollTop += region.clientHeight / 2;
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        return region.scrollTop > before;
      });
    }
    return seen.join("\n");
  }

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { demo: BOTTLE }, agents: { demo: "---\nbottle: demo\n---\n" } }, ["world.test"]);
    panel = await launchPanel({ home: home.path, env: home.env });
    panel.page.setDefaultTimeout(15_000);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await keepPicture(panel.page, `manifests-failed-${task.name.slice(0, 30).replaceAll(/\W+/g, "-")}`);
  });
  afterAll(async () => {
    await panel?.close();
    if (slug !== undefined) await runCli(["stop", slug], home.env);
    await home?.[Symbol.asyncDispose]();
  });

  it("shows none while there is none", async () => {
    await place().click();
    await panel.page.getByText("in bottle demo").waitFor();
    await expect.poll(() => place().innerText()).not.toContain("error");
    await keepPicture(panel.page, "manifests-1-none-wrong");
    await expectAccessible(panel.page);
  });

  it("shows each with its file and line as the files arrive", async () => {
    await cp(CORPUS, home.path, { recursive: true });
    const { errors } = await cliJson(Problems, ["manifests", "--json"], home.env);
    expect(errors.length).toBeGreaterThanOrEqual(40);
    await expect.poll(() => place().innerText(), { timeout: 15_000 }).toContain(`${errors.length} errors`);
    const shown = await scrolledText();
    for (const { file, line } of errors) expect(shown).toContain(`${file}:${line}`);
    await keepPicture(panel.page, "manifests-2-corpus");
    await expectAccessible(panel.page);
  });

  it("still starts what is right", async () => {
    slug = await startFromDialog(panel.page, "demo");
    await expectOnScreen(panel.page, /\$\s*$/);
  });

  it("forgets the error of a file that is put right, without a restart", async () => {
    await place().click();
    const file = join("bottles", "route-wildcard.md");
    await filter().fill(file);
    await at(file, 4).waitFor();
    const text = await readFile(join(home.path, file), "utf8");
    await writeFile(join(home.path, file), text.replace(/host: .*/, "host: right.world.test"));
    await at(file, 4).waitFor({ state: "detached" });
    await panel.page.getByText(join(home.path, file), { exact: true }).waitFor();
    await keepPicture(panel.page, "manifests-3-one-put-right");
  });
});
