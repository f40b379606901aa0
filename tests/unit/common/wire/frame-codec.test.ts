import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, encodeFrameText, FrameDecoder, FrameError, MAX_FRAME_BYTES } from "#common/wire/frame-codec.ts";

describe("frames of the control channel (D6)", () => {
  test("come out as they went in, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (messages, sizes) => {
        const bytes = Buffer.concat(messages.map((message) => encodeFrame(message)));
        const decoder = new FrameDecoder();
        const out: unknown[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          out.push(...decoder.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(out).toEqual(JSON.parse(JSON.stringify(messages)));
      }),
    );
  });

  test("text that is JSON already is the same frame", () => {
    expect(Buffer.from(encodeFrameText('{"a":"é"}'))).toEqual(Buffer.from(encodeFrame({ a: "é" })));
  });

  test("a length over the limit is refused before a byte of it is waited for", () => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(MAX_FRAME_BYTES + 1);
    expect(() => new FrameDecoder().push(header)).toThrow(FrameError);
    expect(() => encodeFrame("x".repeat(MAX_FRAME_BYTES))).toThrow(FrameError);
  });

  test.each([Buffer.from("{"), Buffer.from([0xff]), Buffer.alloc(0), Buffer.from("NaN")])(
    "a body that is not JSON is refused without quoting it",
    (body) => {
      const header = Buffer.alloc(4);
      header.writeUInt32BE(body.length);
      expect(() => new FrameDecoder().push(Buffer.concat([header, body]))).toThrow("frame is not valid JSON");
    },
  );
});
