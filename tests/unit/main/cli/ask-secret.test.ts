import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { askSecret } from "../../../../main/cli/ask-secret.ts";
import type { Tty } from "../../../../main/cli/tty-session.ts";

/** A terminal of which it is known what arrived. */
function terminal(...chunks: readonly string[]): { tty: Tty; stdin: PassThrough; shown: () => string } {
  const stdin = Object.assign(new PassThrough(), { setRawMode: () => undefined });
  const stdout = new PassThrough();
  for (const chunk of chunks) stdin.write(chunk);
  return { tty: { stdin, stdout } as unknown as Tty, stdin, shown: () => String(stdout.read() ?? "") };
}

describe("a question for a secret (ENV-1, ENV-3)", () => {
  it.each([
    ["one line", ["hunter2\r"], "hunter2"],
    ["a line that comes in pieces, put right on the way", ["hun", "xx\u007f\u007fter2", "\r\n"], "hunter2"],
    ["a line that was pasted with an empty one behind it", ["hunter2\r\r"], "hunter2"],
  ])("takes %s and shows none of it", async (_what, chunks, answer) => {
    const { tty, shown } = terminal(...chunks);
    expect((await askSecret("Value: ", tty)).reveal()).toBe(answer);
    expect(shown()).toBe("Value: \n");
  });

  it("refuses a key of several lines: its first would be stored alone, its others run by the shell", async () => {
    const { tty, stdin, shown } = terminal("-----BEGIN OPENSSH PRIVATE KEY-----\rb3Blbn", "NzaC1rZXk\r-----END-----\r");
    await expect(askSecret("Value: ", tty)).rejects.toMatchObject({
      code: "bad-input",
      message: "Several lines were pasted; only one is read here",
      hint: expect.stringContaining("--from-file"),
    });
    expect(stdin.read()).toBeNull();
    expect(shown()).not.toContain("b3Blbn");
  });
});
