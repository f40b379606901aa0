import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PayloadSpans } from "../../../../../sidecars/egress/answer/payload-spans.ts";

function frame(payload: string, mask = false): Buffer {
  const body = Buffer.from(payload, "latin1");
  const flag = mask ? 0x80 : 0;
  const head =
    body.length < 126
      ? Buffer.from([0x81, flag | body.length])
      : body.length < 65536
        ? Buffer.from([0x81, flag | 126, body.length >> 8, body.length & 255])
        : Buffer.from([0x81, flag | 127, 0, 0, 0, 0, 0, body.length >> 16, (body.length >> 8) & 255, body.length & 255]);
  return Buffer.concat([head, mask ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0), body]);
}

describe("EGR-3 EGR-5: payload of a WebSocket", () => {
  test("is told from heads of frames of every size, however it is cut up", () => {
    const texts = fc.array(fc.oneof(fc.constant(""), fc.constant("abc"), fc.constant("x".repeat(126)), fc.constant("y".repeat(70_000))), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(texts, fc.boolean(), fc.array(fc.nat(), { maxLength: 6 }), (payloads, mask, places) => {
        const bytes = Buffer.concat(payloads.map((payload) => frame(payload, mask)));
        const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const spans = new PayloadSpans("websocket");
        let found = "";
        for (const [index, cut] of cuts.slice(1).entries()) {
          const piece = bytes.subarray(cuts[index], cut);
          const places = spans.next(piece);
          for (let at = 0; at < places.length; at += 2) found += piece.toString("latin1", places[at], places[at + 1]);
        }
        expect(found).toBe(payloads.join(""));
        expect(spans.messageMayEnd).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("a message that is not complete may still go on", () => {
    const spans = new PayloadSpans("websocket");
    spans.next(frame("abcdef").subarray(0, 5));
    expect(spans.messageMayEnd).toBe(false);
  });
});
