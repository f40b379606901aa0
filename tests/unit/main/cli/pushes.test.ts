import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeldPush } from "#common/domain/git.ts";
import * as commands from "../../../../main/cli/commands/pushes.ts";
import type { Command } from "../../../../main/cli/context.ts";
import { Output } from "../../../../main/cli/output.ts";
import { gateRepo, heldPush, makePrivateKey, pushFile, pushFinding, pushRecord } from "../../../support/git-samples.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([], {}, { repos: [gateRepo()], identities: { app: { kind: "secret", ref: "APP_KEY" } } });
  world.secrets.set("APP_KEY", makePrivateKey());
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

type Run = (command: Command) => Promise<number>;

/** What the command prints, run to its end as a process of its own would be. */
async function ran(work: Run, json = true): Promise<string> {
  const services = world.another();
  const stdout = new PassThrough();
  const output = new Output(json, stdout, new PassThrough());
  try {
    await work({ output, product: async () => ({ services }) } as unknown as Command);
    return String(stdout.read());
  } finally {
    await services[Symbol.asyncDispose]();
  }
}

const asJson = async (work: Run): Promise<unknown> => JSON.parse(await ran(work));

function hold(changes: Parameters<typeof heldPush>[2] = {}): HeldPush {
  const held = heldPush(slug, 1, changes);
  world.backend.bundle(slug).hold(held);
  return held;
}

describe("bot-bottle pushes (CLI-1, GIT-6)", () => {
  it("lists what waits, and what was refused until it is put away", async () => {
    const { push } = hold();
    const refused = pushRecord(slug, 2, { verdict: "refused", rule: "finding", reason: "a secret in config.ts" });
    world.backend.bundle(slug).emit({ type: "push", push: refused });
    await world.services.links.get(slug).connected(1000);
    while ((await world.services.pushRecords.refusals()).length === 0) await world.services.links.get(slug).kept();
    expect(await asJson(commands.listPushes)).toMatchObject({
      pushes: [{ push: { id: push.id }, status: "held" }],
      refusals: [{ push: { id: refused.id } }],
    });
    const text = await ran(commands.listPushes, false);
    expect(text).toMatch(new RegExp(`${push.id} +app +refs/heads/work +1 +1 +held`));
    expect(text).toContain(`${refused.id}  app  a secret in config.ts`);
    await ran((command) => commands.dismissPushes(command, [refused.id]));
    expect(await asJson(commands.listPushes)).toMatchObject({ refusals: [] });
    await expect(ran((command) => commands.dismissPushes(command, [refused.id]))).rejects.toMatchObject({ code: "not-found" });
  });

  it("shows a push with its findings as they are let pass, and with nothing that moves the cursor", async () => {
    world.backend.bundle(slug).pushFiles = [pushFile("a\u202eb.ts", { patch: "@@ -1 +1 @@\n-a\n+\u001b[2Jb\n" })];
    const commit = { id: "a".repeat(40), author: "Ada\u0007", date: "2026-11-22", subject: "\u001b]0;title\u0007work" };
    const { push } = hold({ commits: [commit], findings: [pushFinding({ excerpt: "x\r\u001b[1A" })] });
    const text = await ran((command) => commands.showPush(command, push.id), false);
    expect(text).toContain("Forwards 1 commit to refs/heads/work of app at git.example.org:22. 1 finding would be let pass");
    expect(text).toContain(`--allow '${pushFinding().fingerprint}'`);
    expect(text).toContain("+\\u{1b}[2Jb");
    expect(text).toContain("a\\u{202e}b.ts");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });

  it("forwards only with every finding let pass", async () => {
    const { push } = hold();
    const forward = (options: commands.ForwardOptions) => (command: Command) => commands.forwardPush(command, push.id, options);
    await expect(ran(forward({}))).rejects.toMatchObject({ code: "bad-input", hint: expect.stringContaining("--allow-all") });
    await expect(ran(forward({ allow: ["else"] }))).rejects.toMatchObject({ code: "bad-input" });
    expect(await asJson(forward({ allow: [pushFinding().fingerprint], note: "a fixture" }))).toEqual({ id: push.id, status: "forwarded" });
    await expect(ran(forward({ allowAll: true }))).rejects.toMatchObject({ code: "already-decided" });
  });

  it("refuses with a note", async () => {
    const { push } = hold();
    expect(await ran((command) => commands.refusePush(command, push.id.slice(0, -1), { note: "no" }), false)).toBe(`${push.id} refused\n`);
    expect(world.backend.bundle(slug).pushes[0]?.decision?.note).toBe("no");
  });

  it("shows and refreshes repositories, and names those there are", async () => {
    expect(await ran((command) => commands.listRepos(command, slug), false)).toMatch(
      /app +ssh:\/\/git@git\.example\.org:22\/owner\/app\.git +ready +never/,
    );
    expect(await asJson((command) => commands.refreshRepo(command, slug, "app"))).toEqual({ slug, repo: "app", refreshed: true });
    await expect(ran((command) => commands.refreshRepo(command, slug, "none"))).rejects.toMatchObject({
      code: "not-found",
      hint: "Repositories: app",
    });
    await expect(ran((command) => commands.listRepos(command, "demo-zzzzz"))).rejects.toMatchObject({ code: "not-found" });
    world.backend.bundle(slug).failing.set("refresh-repo", "the host's key is not the declared one");
    const failed = ran((command) => commands.refreshRepo(command, slug, "app"));
    await expect(failed).rejects.toMatchObject({ code: "conflict", hint: expect.stringContaining("host_key") });
  });
});
