import { readFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EgressDecision } from "#common/domain/decision.ts";
import * as credentials from "../../../../main/cli/commands/credentials.ts";
import { decisions } from "../../../../main/cli/commands/decisions.ts";
import { usage } from "../../../../main/cli/commands/usage.ts";
import type { Command } from "../../../../main/cli/context.ts";
import { Output } from "../../../../main/cli/output.ts";
import { HarFile } from "../../../support/har-schema.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { decision, NOW, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

const auth = (tokenRef: string) => ({ scheme: "Bearer" as const, tokenRef, inject: "always" as const });

beforeEach(async () => {
  world = await testServices([route("api.example.org", { auth: auth("API") }), route("git.example.org", { auth: auth("GIT") })]);
  world.secrets.set("API", "one").set("GIT", "two");
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

/** What the command prints, run to its end as a process of its own would be. */
async function ran(work: (command: Command) => Promise<number>, json = true): Promise<string> {
  const services = world.another();
  const stdout = new PassThrough();
  const output = new Output(json, stdout, new PassThrough());
  try {
    await work({ output, stdout, signal: new AbortController().signal, product: async () => ({ services }) } as unknown as Command);
    return String(stdout.read() ?? "");
  } finally {
    await services[Symbol.asyncDispose]();
  }
}

const asJson = async (work: (command: Command) => Promise<number>): Promise<unknown> => JSON.parse(await ran(work));

function happened(...changes: Partial<EgressDecision>[]): void {
  for (const each of changes) world.backend.bundle(slug).emit({ type: "egress-decision", decision: decision(each) });
}

describe("bot-bottle decisions (CLI-1, EGR-7)", () => {
  it("searches the whole record, newest first, and shows hostile text inert", async () => {
    happened({ path: "/one" }, { path: "/two", verdict: "allowed" }, { path: "/three\u202e\u001b[2J" });
    expect(await asJson((command) => decisions(command, slug, { search: "PACKAGES /t" }))).toMatchObject({
      decisions: [{ seq: 3 }, { seq: 2 }],
      more: false,
      searched: 3,
    });
    expect(await asJson((command) => decisions(command, slug, { verdict: "allowed" }))).toMatchObject({ decisions: [{ seq: 2 }] });
    const text = await ran((command) => decisions(command, slug, { search: "three" }), false);
    expect(text).toContain("/three\\u{202e}\\u{1b}[2J");
    await expect(ran((command) => decisions(command, slug, { verdict: "maybe" }))).rejects.toMatchObject({ code: "bad-input" });
    await expect(ran((command) => decisions(command, slug, { search: "x", limit: "1e9" }))).rejects.toMatchObject({ code: "bad-input" });
  });

  it("exports a valid HTTP Archive", async () => {
    happened({ path: "/one?token=…" });
    const { file, entries } = (await asJson((command) => decisions(command, slug, { export: true }))) as { file: string; entries: number };
    expect(entries).toBe(1);
    expect(HarFile.parse(JSON.parse(await readFile(file, "utf8"))).log.entries).toHaveLength(1);
  });
});

describe("bot-bottle credentials, cut and restore (CLI-1, EGR-7)", () => {
  it("says which was used where, and what is missing or cut", async () => {
    happened({ tokenRef: "API", host: "api.example.org", verdict: "allowed" });
    await ran((command) => credentials.cut(command, slug, ["GIT"], {}));
    expect(world.backend.bundle(slug).cuts).toEqual({ all: false, refs: ["GIT"] });
    expect(await asJson((command) => credentials.credentials(command, slug))).toMatchObject({
      cuts: { all: false, refs: ["GIT"] },
      credentials: [
        { tokenRef: "API", uses: 1, cut: false, missing: false },
        { tokenRef: "GIT", uses: 0, cut: true, missing: false },
      ],
    });
    const text = await ran((command) => credentials.credentials(command, slug), false);
    expect(text).toMatch(/API +ready +1 .*api\.example\.org/);
    expect(text).toMatch(/GIT +cut +0 +never +git\.example\.org/);
    expect(text).not.toContain("one");
  });

  it("adds to what is cut, restores one or all, and names who did it", async () => {
    const run = (work: typeof credentials.cut, refs: string[], all = false) => ran((command) => work(command, slug, refs, { all }));
    await run(credentials.cut, ["GIT"]);
    await run(credentials.cut, ["API", "GIT"]);
    expect(world.backend.bundle(slug).cuts).toEqual({ all: false, refs: ["GIT", "API"] });
    await run(credentials.restore, ["GIT"]);
    expect(world.backend.bundle(slug).cuts).toEqual({ all: false, refs: ["API"] });
    await run(credentials.cut, [], true);
    expect(world.backend.bundle(slug).cuts).toEqual({ all: true, refs: ["API"] });
    await expect(run(credentials.restore, ["API"])).rejects.toMatchObject({ code: "conflict", hint: expect.stringContaining("--all") });
    await run(credentials.restore, [], true);
    expect(world.backend.bundle(slug).cuts).toEqual({ all: false, refs: [] });
    const frames = world.backend.bundle(slug).received.filter(({ type }) => type === "set-cuts");
    expect(frames.every((frame) => "by" in frame && frame.by !== "")).toBe(true);
  });

  it("refuses a name that the bottle does not have, and neither or both of names and --all", async () => {
    await expect(ran((command) => credentials.cut(command, slug, ["GTI"], {}))).rejects.toMatchObject({
      code: "not-found",
      hint: "It has API, GIT",
    });
    await expect(ran((command) => credentials.cut(command, slug, ["\u001b[2J"], {}))).rejects.toMatchObject({
      message: expect.not.stringContaining("\u001b"),
    });
    await expect(ran((command) => credentials.cut(command, slug, [], {}))).rejects.toMatchObject({ code: "bad-input" });
    await expect(ran((command) => credentials.cut(command, slug, ["API"], { all: true }))).rejects.toMatchObject({ code: "bad-input" });
    expect(world.backend.bundle(slug).cuts).toEqual({ all: false, refs: [] });
  });

  it("a cut that the bundle cannot carry out is told, never said to be done", async () => {
    world.backend.bundle(slug).failing.set("set-cuts", "disk full");
    await expect(ran((command) => credentials.cut(command, slug, ["API"], {}))).rejects.toMatchObject({
      message: expect.stringContaining("disk full"),
    });
  });
});

describe("bot-bottle usage (CLI-1, EGR-7)", () => {
  it("shows today's tokens by model", async () => {
    const tokens = { model: "claude-opus", input: 1000, output: 500, cacheRead: 20, cacheWrite: 0 };
    happened(
      { time: NOW.toISOString(), verdict: "allowed", usage: tokens },
      { time: NOW.toISOString(), verdict: "allowed", usage: tokens },
    );
    expect(await asJson((command) => usage(command, slug))).toMatchObject({
      tokens: 3040,
      models: [{ model: "claude-opus", requests: 2 }],
      budget: null,
      state: "within",
    });
    const text = await ran((command) => usage(command, slug), false);
    expect(text).toContain("3040 tokens");
    expect(text).toContain("egress.budget");
  });
});
