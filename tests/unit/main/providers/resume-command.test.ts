import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resumeCommand } from "../../../../main/providers/resume-command.ts";

/** Stands for the agent: prints what it was started with. */
const AGENT = ["node", "-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", "--bypass", "a b", "$HOME 'x'"];
const FRESH = ["--bypass", "a b", "$HOME 'x'"];

describe("an agent that goes on with its conversation (PRV-1)", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "bot-bottle-resume-"));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const plan = (changes = {}) => ({
    resumeArgs: ["resume", "--last"],
    sessionFiles: `${home}/sessions/*/*.jsonl`,
    takesMessage: false,
    ...changes,
  });
  const startedWith = ([program = "", ...args]: readonly string[]): string[] =>
    JSON.parse(execFileSync(program, args, { encoding: "utf8" }));
  const addSession = async (content: string) => {
    await mkdir(join(home, "sessions", "today"), { recursive: true });
    await writeFile(join(home, "sessions", "today", "one.jsonl"), content);
  };

  it("is resumed where there is a conversation", async () => {
    await addSession("{}\n");
    expect(startedWith(resumeCommand(AGENT, plan(), "stop"))).toEqual([...FRESH, "resume", "--last"]);
  });

  it("starts fresh where there is none, or an empty one: it would end at once", async () => {
    expect(startedWith(resumeCommand(AGENT, plan(), "stop"))).toEqual(FRESH);
    await addSession("");
    expect(startedWith(resumeCommand(AGENT, plan({ takesMessage: true }), "replacement"))).toEqual(FRESH);
  });

  it("is told that it was moved to the image it asked for, in one argument at the end", async () => {
    await addSession("{}\n");
    const argv = startedWith(resumeCommand(AGENT, plan({ takesMessage: true }), "replacement"));
    expect(argv.slice(0, -1)).toEqual([...FRESH, "resume", "--last"]);
    expect(argv.at(-1)).toMatch(/approved your capability-block.*proposal-status/);
  });

  it("is asked as its provider says where conversations cannot be found, and started anew where it knows no resuming", () => {
    expect(resumeCommand(AGENT, plan({ sessionFiles: null }), "stop")).toEqual([...AGENT, "resume", "--last"]);
    expect(resumeCommand(AGENT, plan({ resumeArgs: [] }), "replacement")).toEqual(AGENT);
  });
});
