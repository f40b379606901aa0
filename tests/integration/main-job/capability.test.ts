import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { DockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { engineView } from "../../support/bottle/canary-search.ts";
import { cliJson } from "../../support/bottle/cli.ts";
import { TerminalReader } from "../../support/docker/terminal-reader.ts";

const HOSTS = ["api.anthropic.com"];
const TOKEN = "canary-oauth-token-7e2b90";
const BOTTLE = "---\nagent_provider:\n  template: claude\n  auth_token: TEST_CLAUDE_TOKEN\nsupervise: true\n---\n";
const Listed = z.looseObject({ proposals: z.array(z.looseObject({ id: z.string(), tool: z.string(), status: z.string() })) });

/** SUP-5 with the real command line, which asks, is moved, and goes on in the same conversation. */
describe("the claude command line asks for an image of its own", () => {
  let home: TestHome;
  let bottle: BottleUnderTest;
  let backend: DockerBackend;
  let cacheDir: string;

  beforeAll(async () => {
    const env = { TEST_CLAUDE_TOKEN: TOKEN, SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1" };
    home = await makeTestHome({ bottles: { claude: BOTTLE }, agents: { claude: "---\nbottle: claude\n---\nBe brief.\n" } }, HOSTS, env);
    bottle = await startBottle(home, "claude", HOSTS);
    cacheDir = await mkdtemp(join(tmpdir(), "bot-bottle-capability-"));
    backend = createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir });
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await rm(cacheDir, { recursive: true, force: true });
  });

  it("and once that is approved comes back with its conversation, the decision and the tool (SUP-1, SUP-5, PRV-1, PRV-2)", async () => {
    await bottle.sh("echo mark-from-before > ~/workspace-mark");
    await using terminal = await backend.openTerminal(bottle.slug, { cols: 160, rows: 50 }, AbortSignal.timeout(170_000));
    const screen = new TerminalReader(terminal.output);
    await screen.waitFor(/bypass/i, 60_000);
    terminal.input.write("Get yourself the new tool.");
    await screen.waitFor(/the\S*\s*\S*new\S*\s*\S*tool\./, 30_000);
    terminal.input.write("\r");
    await screen.waitFor(/waiting-for-the-image/, 60_000);

    const { proposals } = await cliJson(Listed, ["proposals", "list", "--json"], home.env);
    const pending = proposals.find(({ status }) => status === "pending");
    expect(pending).toMatchObject({ tool: "capability-block" });
    const shown = await bottle.cli("proposals", "show", pending?.id ?? "");
    expect(shown.stdout).toContain("+RUN printf");
    await cliJson(z.looseObject({ status: z.literal("approved") }), ["proposals", "approve", pending?.id ?? "", "--json"], home.env);

    await screen.waitFor(/capability-complete:approved:tool-of-the-new-image\+mark-from-before/, 90_000);
  });

  it("shows no credential in the new container, its image or the image's history (ENV-3)", async () => {
    expect(JSON.stringify(await engineView(bottle.slug))).not.toContain("canary-oauth");
    const turns = (await bottle.world.requests()).filter((request) => request.url.startsWith("/v1/messages"));
    for (const request of turns) expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("is the bottle that it was: listed as running, its routes live, its record of the approved Dockerfile the operator's alone", async () => {
    expect((await bottle.cli("list", "--json")).stdout).toContain('"running"');
    const called = await bottle.sh("curl -s -o /dev/null -w '%{http_code}' https://api.anthropic.com/ && new-tool");
    expect(called.stdout).toBe("404tool-of-the-new-image\n");
    const folder = join(home.path, "state", bottle.slug);
    const [name = ""] = (await readdir(folder)).filter((each) => each.endsWith(".Dockerfile"));
    expect(await readFile(join(folder, name), "utf8")).toMatch(/^FROM bot-bottle-agent\n[\s\S]*new-tool/);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });
});
