import { describe, expect, test } from "vitest";
import { RequestTurns } from "../../../../../../sidecars/egress/agent/http2/request-turns.ts";
import { sampleOf } from "../../content/samples.ts";
import { HOST, startEgress } from "../../harness.ts";
import { encodeFrame, FLAG, FRAME, fieldSection, rawHttp2 } from "../../http2-client.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("EGR-5: requests of HTTP/2 are taken in turns", () => {
  test("in order, for so long at once, and what waits has an end", async () => {
    let now = 0;
    const done: number[] = [];
    const turns = new RequestTurns(5, () => now);
    const work = (number: number) => () => {
      now += 5;
      done.push(number);
    };
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((number) => turns.take(work(number)))).toEqual([true, true, true, true, true, true, true, false]);
    expect(done).toEqual([1, 2]);
    await nextTurn();
    expect(done).toEqual([1, 2, 3, 4]);
    expect(turns.take(work(9))).toBe(true);
    await nextTurn();
    await nextTurn();
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
  });

  test("one that fails does not stop those behind it", async () => {
    const turns = new RequestTurns(5, () => 0);
    const done: string[] = [];
    expect(() =>
      turns.take(() => {
        throw new Error("broken");
      }),
    ).toThrow("broken");
    turns.take(() => done.push("next"));
    expect(done).toEqual(["next"]);
  });

  test("a few bytes that stand for many large heads do not hold up everybody else", async () => {
    await using egress = await startEgress({ upstream: { port: 1 } });
    using client = await rawHttp2(egress);
    await client.frame(({ type }) => type === FRAME.settings);
    const slow = `-----BEGIN PRIVATE KEY-----${`${"a".repeat(39)} `.repeat(5)}`.repeat(20).slice(0, 3900).trim();
    const head = fieldSection([
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", HOST],
      [":path", "/%00"],
    ]);
    const refused = fieldSection([
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", HOST],
      [":path", "/"],
    ]);
    const token = fieldSection([["x-note", sampleOf("github-pat").text]]);
    // Stored in the table once, then eight times in each request by one byte.
    const stored = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, ...variable(slow.length - 127)]), Buffer.from(slow, "latin1")]);
    client.send(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, Buffer.concat([head, stored]));
    await client.frame(({ type, stream }) => type === FRAME.headers && stream === 1);
    const eight = Buffer.concat([refused, Buffer.alloc(8, 0xbe), token]);
    const many = Array.from({ length: 80 }, (_, index) =>
      encodeFrame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 2 * index + 3, eight),
    );
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    const seen = new Set<number>();
    setImmediate(count);
    client.tunnel.socket.write(Buffer.concat(many));
    await egress.decision(() => {
      seen.add(turns);
      return egress.decisions.length > 80;
    });
    counting = false;
    expect(seen.size).toBeGreaterThan(3);
    expect(egress.decisions.slice(1).every(({ rule }) => rule === "dlp")).toBe(true);
  });
});

/** The rest of an integer of HPACK. */
function variable(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...variable(Math.floor(value / 128))];
}
