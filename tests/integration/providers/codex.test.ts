import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { cliJson } from "../../support/bottle/cli.ts";
import { WORLD_ACCOUNT } from "../../support/outside-world/responses-api.ts";
import { hostileLogin } from "../../support/providers/codex-login.ts";

const HOSTS = ["chatgpt.com", "api.openai.com"];
const BOTTLE = "---\nagent_provider:\n  template: codex\n  forward_host_credentials: true\nsupervise: true\n---\n";
const AGENT = "---\nbottle: codex\nskills: [review]\n---\nBe brief. prompt-marker-k1\n";
const SKILL = "---\nname: review\ndescription: Reviews a change. skill-marker-s1\n---\nLook twice.\n";
const EXEC = "codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox";

/** PRV-3 and PRV-4 with the real command line: the operator's own login, of which the bottle holds nothing. */
describe("the codex command line in a bottle", () => {
  const login = hostileLogin({ accountId: WORLD_ACCOUNT, expires: Math.floor(Date.now() / 1000) + 86_400 });
  const docker = new Docker();
  let home: TestHome;
  let bottle: BottleUnderTest;

  beforeAll(async () => {
    home = await makeTestHome({ bottles: { codex: BOTTLE }, agents: { codex: AGENT } }, HOSTS, { SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "1" });
    const codexHome = join(home.path, "host-codex");
    await mkdir(codexHome, { mode: 0o700 });
    await writeFile(join(codexHome, "auth.json"), login.text, { mode: 0o600 });
    await mkdir(join(home.path, "skills", "review"), { recursive: true });
    await writeFile(join(home.path, "skills", "review", "SKILL.md"), SKILL);
    home = { ...home, env: { ...home.env, CODEX_HOME: codexHome } };
    // It does not start unless `codex login status` accepts the synthesised file: that is the provider's verify command.
    bottle = await startBottle(home, "codex", HOSTS);
    // The agent ends where it cannot reach its account; its outside world came up only now.
    await docker.getContainer(`bot-bottle-${bottle.slug}`).restart({ t: 5 });
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  it("accepts the synthesised login (PRV-4)", async () => {
    const status = await bottle.sh("codex login status");
    expect(status, status.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining("Logged in using ChatGPT") });
  });

  it("completes a turn with a tool call and an egress-block; prompt and skill are there (PRV-3, SUP-1)", async () => {
    const turn = await bottle.sh(`cd && ${EXEC} 'Run the tool, then ask for the route.' < /dev/null`);
    expect(turn.stdout, turn.stderr).toContain("turn-complete-marker");
    for (const marker of ["tool-ran-42", "pending", "prompt-marker-k1", "skill-marker-s1"]) expect(turn.stdout).toContain(marker);
    expect(turn.stderr).not.toContain("Reconnecting");
    const Listed = z.looseObject({ proposals: z.array(z.looseObject({ slug: z.string(), tool: z.string(), status: z.string() })) });
    const { proposals } = await cliJson(Listed, ["proposals", "list", "--json"], home.env);
    expect(proposals).toMatchObject([{ slug: bottle.slug, tool: "egress-block", status: "pending" }]);
  });

  it("a compressed request passes as it is (EGR-5)", async () => {
    const turn = await bottle.sh(`cd && ${EXEC} --enable enable_request_compression 'Run the tool.' < /dev/null`);
    expect(turn.stdout, turn.stderr).toContain("turn-complete-marker");
    const encodings = (await bottle.world.requests()).map(({ headers }) => headers["content-encoding"]);
    expect(encodings).toContain("zstd");
  });

  it("reached the API with the token that the bottle never held (EGR-3, PRV-3)", async () => {
    const turns = (await bottle.world.requests()).filter(({ url }) => url.includes("/codex/responses"));
    expect(turns.length).toBeGreaterThanOrEqual(3);
    for (const request of turns) expect(request.headers.authorization).toBe(`Bearer ${login.accessToken}`);
    // It asks for a WebSocket first; 426 makes it go over to requests at once, each of which is decided on.
    const Decided = z.looseObject({ rule: z.string(), status: z.int().nullable() });
    const { stdout } = await bottle.cli("decisions", bottle.slug, "--json");
    const decisions = stdout
      .trim()
      .split("\n")
      .map((line) => Decided.parse(JSON.parse(line)));
    expect(decisions.filter(({ rule }) => rule === "websocket")).toContainEqual(expect.objectContaining({ status: 426 }));
    const inside = await bottle.sh("env; cat /proc/1/environ | tr '\\0' '\\n'; find ~ -type f -exec cat {} +");
    for (const secret of login.secrets) expect(inside.stdout).not.toContain(secret);
  });

  it("after a bundle restart the login as it is on this machine now is given again (SID-4, PRV-1)", async () => {
    const refreshed = hostileLogin({ accountId: WORLD_ACCOUNT, expires: Math.floor(Date.now() / 1000) + 172_800 });
    await writeFile(join(home.env.CODEX_HOME ?? "", "auth.json"), refreshed.text, { mode: 0o600 });
    await docker.getContainer(`bot-bottle-${bottle.slug}-sidecars`).restart({ t: 5 });
    expect(await bottle.cli("proposals", "list", "--json")).toMatchObject({ code: 0 });
    const models = "https://chatgpt.com/backend-api/codex/models?after=restart";
    const asked = await bottle.sh(`curl -sS --retry 8 --retry-all-errors -H 'Authorization: Bearer its-own' ${models}`);
    expect(asked.stdout, asked.stderr).toContain('"models"');
    const seen = (await bottle.world.requests()).findLast(({ url }) => url.endsWith("?after=restart"));
    expect(seen?.headers.authorization).toBe(`Bearer ${refreshed.accessToken}`);
  });
});
