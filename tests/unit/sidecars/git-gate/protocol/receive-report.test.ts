import { describe, expect, test } from "vitest";
import { FLUSH, pktLine } from "../../../../../sidecars/git-gate/protocol/pkt-line.ts";
import { ReceiveReport } from "../../../../../sidecars/git-gate/protocol/receive-report.ts";

function bandLines(band: 1 | 2, content: Buffer): Buffer {
  const pieces = Array.from({ length: Math.ceil(content.length / 990) }, (_, index) => content.subarray(index * 990, (index + 1) * 990));
  return Buffer.concat(pieces.map((piece) => pktLine(Buffer.concat([Buffer.from([band]), piece]))));
}

const inner = Buffer.concat([pktLine("unpack ok\n"), pktLine("ok refs/heads/a\n"), pktLine("ng refs/heads/b hook declined\n"), FLUSH]);

describe("git's report of a push, as it passes by", () => {
  test("in side bands: remarks beside the report", async () => {
    const report = new ReceiveReport(["report-status", "side-band-64k"]);
    report.observe(bandLines(2, Buffer.from("error: too big\n")));
    expect(report.unpack).toBeNull();
    report.observe(bandLines(1, inner));
    await report.begun.promise;
    expect(report).toMatchObject({ unpack: "ok", refused: ["refs/heads/b hook declined"], remarks: "error: too big\n" });
  });

  test("without side bands", () => {
    const report = new ReceiveReport(["report-status"]);
    for (const byte of inner) report.observe(Buffer.from([byte]));
    expect(report).toMatchObject({ unpack: "ok", refused: ["refs/heads/b hook declined"] });
  });

  test("what cannot be read is let pass unread, and remarks are bounded", () => {
    const report = new ReceiveReport(["side-band-64k"]);
    report.observe(Buffer.from("zzzz"));
    report.observe(bandLines(1, inner));
    expect(report.unpack).toBeNull();
    const loud = new ReceiveReport(["side-band-64k"]);
    loud.observe(bandLines(2, Buffer.alloc(100_000, "x")));
    expect(loud.remarks.length).toBeLessThan(5000);
  });
});
