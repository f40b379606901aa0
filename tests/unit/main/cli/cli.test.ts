import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { OperatorError } from "#common/domain/operator-error.ts";
import { DetachKeys } from "../../../../main/cli/detach-keys.ts";
import { inert } from "../../../../main/cli/inert.ts";
import { Output } from "../../../../main/cli/output.ts";
import { reportError } from "../../../../main/cli/report-error.ts";
import { runCli } from "../../../../main/cli/run.ts";

describe("detach keys", () => {
  it("end the session at their place and pass everything else on (CLI-1)", () => {
    const keys = new DetachKeys();
    expect(keys.feed(Buffer.from("ab\x1d"))).toMatchObject({ forward: Buffer.from("ab"), detach: false });
    expect(keys.feed(Buffer.from("x"))).toMatchObject({ forward: Buffer.from("\x1dx"), detach: false });
    expect(keys.feed(Buffer.from("y\x1ddz"))).toMatchObject({ forward: Buffer.from("y"), detach: true });
  });
});

describe("text from a bottle", () => {
  it("cannot act on the operator's terminal (TRM-4)", () => {
    expect(inert("a\x1b]52;c;eA==\x07b\u202ec\r")).toBe("a\\u{1b}]52;c;eA==\\u{7}b\\u{202e}c\\u{d}");
  });
});

describe("a failure", () => {
  const report = async (error: unknown, json: boolean) => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const code = reportError(error, new Output(json, stdout, stderr));
    stdout.end();
    stderr.end();
    return { code, stdout: await text(stdout), stderr: await text(stderr) };
  };
  const failure = new OperatorError("stale-revision", { message: "moved on", hint: "look again" });

  it("says what and what next, and has its own exit code (CLI-1)", async () => {
    expect(await report(failure, false)).toEqual({ code: 7, stdout: "", stderr: "error: moved on\n  next: look again\n" });
  });

  it("is one JSON object with --json", async () => {
    const { stdout } = await report(failure, true);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "stale-revision", message: "moved on", hint: "look again" } });
  });
});

describe("the grammar", () => {
  const run = async (...argv: string[]) => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const own = { stdin: new PassThrough(), stdout, stderr, env: {}, cwd: () => "/", on: () => own, off: () => own };
    const code = await runCli(argv, own as unknown as Parameters<typeof runCli>[1]);
    stdout.end();
    stderr.end();
    return { code, stdout: await text(stdout), stderr: await text(stderr) };
  };

  it("ends wrong usage with 2 and help with 0", async () => {
    expect((await run("start")).code).toBe(2);
    expect((await run("fly")).code).toBe(2);
    const help = await run("--help");
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("Exit codes:");
  });
});
