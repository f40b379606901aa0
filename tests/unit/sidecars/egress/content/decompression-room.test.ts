import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DecompressionRoom } from "../../../../../sidecars/egress/content/decompression-room.ts";
import { HOST, httpUpstream, startEgress, tunnelClient } from "../harness.ts";

describe("EGR-5: room for decompression", () => {
  test("is given in turn, and given back once", () => {
    const room = new DecompressionRoom(1);
    const begun: string[] = [];
    const leave = ["first", "second", "third"].map((name) => room.enter(() => begun.push(name)));
    expect(begun).toEqual(["first"]);
    leave[0]?.();
    leave[0]?.();
    expect(begun).toEqual(["first", "second"]);
    leave[1]?.();
    expect(begun).toEqual(["first", "second", "third"]);
  });

  test("whoever gives up waiting is not called", () => {
    const room = new DecompressionRoom(1);
    const begun: string[] = [];
    const [first, second] = ["first", "second", "third"].map((name) => room.enter(() => begun.push(name)));
    second?.();
    first?.();
    expect(begun).toEqual(["first", "third"]);
  });

  test("many compressed requests at once are all answered, also beside some that never end", async () => {
    await using upstream = await httpUpstream((request, response) => {
      request.resume();
      request.on("end", () => response.end("well"));
    });
    await using egress = await startEgress({ upstream });
    await using clients = new AsyncDisposableStack();
    const body = gzipSync("ordinary text. ".repeat(2000));
    const head = (length: number) => `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Encoding: gzip\r\nContent-Length: ${length}\r\n\r\n`;
    const open = async () => clients.use(await tunnelClient(egress));
    const stuck = await Promise.all(Array.from({ length: 16 }, open));
    for (const client of stuck) client.socket.write(Buffer.concat([Buffer.from(head(body.length)), body.subarray(0, 40)]));
    const answers = Array.from({ length: 20 }, async () => {
      const client = await open();
      client.socket.write(Buffer.concat([Buffer.from(head(body.length)), body]));
      return (await client.reader.answer()).status;
    });
    for (const client of stuck.slice(0, 8)) client.socket.destroy();
    expect(await Promise.all(answers)).toEqual(Array(20).fill(200));
  });
});
