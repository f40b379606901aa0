import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FLUSH, PktLineError, pktLine } from "../../../../../sidecars/git-gate/protocol/pkt-line.ts";
import { MAX_COMMANDS, ReceiveRequestReader } from "../../../../../sidecars/git-gate/protocol/receive-request.ts";

const OLD = "0".repeat(40);
const NEW = "a".repeat(40);

function request(...lines: string[]): Buffer {
  return Buffer.concat([...lines.map((line) => pktLine(line)), FLUSH]);
}

describe("what a push asks for", () => {
  test("commands and capabilities are read ahead; the pack after them is left alone", () => {
    const bytes = Buffer.concat([
      request(`shallow ${NEW}`, `${OLD} ${NEW} refs/heads/a\0 report-status side-band-64k\n`, `${NEW} ${OLD} refs/tags/b\n`),
      Buffer.from("PACK…"),
    ]);
    expect(new ReceiveRequestReader().push(bytes)).toEqual({
      commands: [
        { old: OLD, new: NEW, ref: "refs/heads/a" },
        { old: NEW, new: OLD, ref: "refs/tags/b" },
      ],
      capabilities: ["report-status", "side-band-64k"],
    });
  });

  test("piece by piece as at once", () => {
    const bytes = request(`${OLD} ${NEW} refs/heads/a\0 atomic`);
    const reader = new ReceiveRequestReader();
    const answers = Array.from(bytes, (byte) => reader.push(Buffer.from([byte])));
    expect(answers.slice(0, -1).every((answer) => answer === null)).toBe(true);
    expect(answers.at(-1)).toMatchObject({ commands: [{ ref: "refs/heads/a" }] });
  });

  test("an empty list is a client that tries whether it may push", () => {
    expect(new ReceiveRequestReader().push(FLUSH)).toEqual({ commands: [], capabilities: [] });
  });

  test.each([
    ["a line that says nothing", "hello"],
    ["a short id", `${OLD.slice(1)} ${NEW} refs/heads/a`],
    ["an id in capitals", `${OLD} ${NEW.toUpperCase()} refs/heads/a`],
    ["a second line in a name", `${OLD} ${NEW} refs/heads/a\n${OLD} ${NEW} refs/heads/b`],
    ["an escape sequence in a name", `${OLD} ${NEW} refs/heads/\u001b[2J`],
    ["a name with a space", `${OLD} ${NEW} refs/heads/a b`],
    ["a signed push", "push-cert\0"],
  ])("%s is refused", (_what, line) => {
    expect(() => new ReceiveRequestReader().push(request(line))).toThrow(PktLineError);
  });

  test("a flood of refs, and a list without end, are refused", () => {
    const line = `${OLD} ${NEW} refs/heads/a`;
    expect(() => new ReceiveRequestReader().push(request(...Array(MAX_COMMANDS + 1).fill(line)))).toThrow(/more than 1000/);
    const endless = new ReceiveRequestReader();
    const noise = pktLine(`shallow ${NEW}`);
    expect(() => {
      for (let count = 0; count < 1e5; count++) endless.push(noise);
    }).toThrow(/no end/);
  });

  test("bytes that nobody has thought of end in PktLineError or wait for more", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          new ReceiveRequestReader().push(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(PktLineError);
        }
      }),
    );
  });
});
