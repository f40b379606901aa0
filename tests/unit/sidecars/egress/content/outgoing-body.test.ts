import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ContentInspection } from "../../../../../sidecars/egress/content/content-inspection.ts";
import type { OutgoingBodyHost } from "../../../../../sidecars/egress/content/outgoing-body.ts";
import { OutgoingBody } from "../../../../../sidecars/egress/content/outgoing-body.ts";
import type { ScanLimits } from "../../../../../sidecars/egress/content/scan-limits.ts";
import { parseRequestHead } from "../../../../../sidecars/egress/http1/request-head.ts";
import type { Permit } from "../../../../../sidecars/egress/policy/authorise.ts";
import { compileRoute } from "../../../../../sidecars/egress/policy/live-route.ts";
import type { Refusal } from "../../../../../sidecars/egress/policy/refusal.ts";
import { route } from "../harness.ts";
import { sampleOf } from "./samples.ts";

const noSecrets = { revision: 0, values: () => [] };

class Upstream implements OutgoingBodyHost {
  readonly left: Buffer[] = [];
  refusal: Refusal | null = null;
  onWanted: (() => void) | null = null;

  forwardBody(bytes: Buffer): void {
    this.left.push(bytes);
  }

  refuseBody(refusal: Refusal): void {
    this.refusal = refusal;
    this.onWanted?.();
  }

  bodyWanted(): void {
    this.onWanted?.();
  }

  get bytes(): number {
    return this.left.reduce((sum, { length }) => sum + length, 0);
  }
}

function opened(limits: Partial<ScanLimits> = {}, fields = ""): { readonly body: OutgoingBody; readonly upstream: Upstream } {
  const upstream = new Upstream();
  const request = parseRequestHead(`POST / HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked${fields}`, 10);
  const permit: Permit = { live: compileRoute(route()), grant: null, request, target: "/", modelCall: false, authorization: null };
  const body = new OutgoingBody({ inspection: new ContentInspection(noSecrets, limits), permit, host: upstream, webSocket: false });
  return { body, upstream };
}

async function give(body: OutgoingBody, upstream: Upstream, bytes: Buffer, last: boolean): Promise<void> {
  const wanted = new Promise<void>((resolve) => {
    upstream.onWanted = resolve;
  });
  body.onPayload(bytes);
  body.take(bytes, last);
  if (body.busy) await wanted;
}

describe("EGR-5: a body on its way through the scan", () => {
  test("leaves whole and in order, whatever its pieces", async () => {
    const letters = fc.constantFrom("g", "ghp", "ghp_", "key", "eyJ", "%67", "\\u0067", "text ", "QUtJQQ", "\n");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(letters, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 }), async (pieces) => {
        const { body, upstream } = opened();
        const bytes = pieces.map((piece) => Buffer.from(piece.join("")));
        for (const [index, piece] of bytes.entries()) await give(body, upstream, piece, index === bytes.length - 1);
        // Some of these letters together are a credential.
        fc.pre(upstream.refusal === null);
        expect(Buffer.concat(upstream.left).equals(Buffer.concat(bytes))).toBe(true);
        expect(body.settled).toBe(true);
      }),
    );
  });

  test("waits only while a credential may have begun in it", async () => {
    const { body, upstream } = opened();
    await give(body, upstream, Buffer.from('{"text": "nothing"}\n'), false);
    expect(upstream.bytes).toBe(20);
    await give(body, upstream, Buffer.from("and then: ghp_abc"), false);
    expect(upstream.bytes).toBe(20);
    await give(body, upstream, Buffer.from(" is no token, as this long sentence shows to whoever reads it."), false);
    expect(body.settled).toBe(true);
  });

  test("takes no more memory than said, although every piece of it seems to begin a credential", async () => {
    const { body, upstream } = opened();
    const piece = Buffer.from(`${"ordinary words ".repeat(1000)}ghp`);
    let given = 0;
    for (let count = 0; count < 200; count += 1) {
      await give(body, upstream, piece, false);
      given += piece.length;
      expect(given - upstream.bytes).toBeLessThanOrEqual(192 * 1024 + piece.length);
    }
  });

  test("stops where it is refused: nothing that was held or comes after leaves", async () => {
    const { body, upstream } = opened();
    const { text } = sampleOf("github-pat");
    await give(body, upstream, Buffer.from(`start ${text.slice(0, 10)}`), false);
    await give(body, upstream, Buffer.from(`${text.slice(10)} and `), false);
    expect(upstream.refusal).toMatchObject({ rule: "dlp", finding: { rule: "github-pat" } });
    await give(body, upstream, Buffer.from("more"), true);
    expect(upstream.bytes).toBe(0);
  });
});

describe("EGR-5: a body that is made to be slow", () => {
  const slow = Buffer.from("-----BEGIN PRIVATE KEY-----abc ".repeat(20_000));

  test("is read in turns, between which others are served", async () => {
    const { body, upstream } = opened({ turnMs: 0 });
    const order: string[] = [];
    body.onPayload(slow);
    body.take(slow, true);
    expect(body.busy).toBe(true);
    setImmediate(() => order.push("another connection"));
    await new Promise<void>((resolve) => {
      upstream.onWanted = resolve;
    });
    order.push("the body");
    expect(order).toEqual(["another connection", "the body"]);
    expect(upstream.bytes).toBe(slow.length);
  });

  test("is refused once it cost too much", async () => {
    const { body, upstream } = opened({ turnMs: 0, bodyCpuMs: 0, cpuMsPerMiB: 0 });
    await give(body, upstream, slow, true);
    expect(upstream.refusal).toMatchObject({
      rule: "dlp",
      finding: { rule: "unreadable-body" },
      reason: expect.stringContaining("too long"),
    });
    expect(upstream.bytes).toBe(0);
  });

  test("is refused once it cost too much, although little of it came", async () => {
    const { body, upstream } = opened({ bodyCpuMs: 20, cpuMsPerMiB: 0, expansion: 10_000 }, "\r\nContent-Encoding: gzip");
    const slowest = `-----BEGIN PRIVATE KEY-----${`${"a".repeat(39)} `.repeat(5)}`;
    await give(body, upstream, gzipSync(slowest.repeat(100_000)), true);
    expect(upstream.refusal).toMatchObject({ rule: "dlp", reason: expect.stringContaining("too long") });
    expect(upstream.bytes).toBe(0);
  });
});
