import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import { connect as connectHttp2 } from "node:http2";
import type { Egress, TunnelClient } from "./harness.ts";
import { HOST, tunnelClient } from "./harness.ts";

export interface Http2Client extends Disposable {
  readonly session: ClientHttp2Session;
}

/** Node's own HTTP/2 client inside a tunnel. */
export async function http2Client(egress: Egress, options: { host?: string; sni?: string; verify?: boolean } = {}): Promise<Http2Client> {
  const tunnel = await tunnelClient(egress, { ...options, protocol: "h2" });
  const session = connectHttp2(`https://${options.host ?? HOST}`, { createConnection: () => tunnel.socket });
  session.on("error", () => undefined);
  return {
    session,
    [Symbol.dispose]() {
      session.destroy();
      tunnel.socket.destroy();
    },
  };
}

export interface Http2Answer {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** 0 when the stream ended as it should. */
  readonly resetCode: number;
}

/** One request with its whole body, and its whole answer. */
export function ask(client: Http2Client, fields: OutgoingHttpHeaders, body?: string | Buffer): Promise<Http2Answer> {
  const stream = client.session.request({ ":method": "GET", ":path": "/", ...fields }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return answerOf(stream);
}

export async function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const answer = { status: 0, fields: [] as readonly string[], trailers: [] as readonly string[] };
  const chunks: Buffer[] = [];
  stream.on("response", (head, _flags, list: readonly string[]) => Object.assign(answer, { status: head[":status"], fields: list }));
  stream.on("trailers", (_trailers, _flags, list: readonly string[]) => Object.assign(answer, { trailers: list }));
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", () => undefined);
  await new Promise((closed) => stream.once("close", closed));
  return { ...answer, body: Buffer.concat(chunks).toString("latin1"), resetCode: stream.rstCode ?? 0 };
}

export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8, continuation: 9 } as const;
export const FLAG = { none: 0, ack: 1, endStream: 1, endHeaders: 4 } as const;

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** An HTTP/2 connection that sends what it is told to, right or wrong. */
export interface RawHttp2 extends Disposable {
  readonly tunnel: TunnelClient;
  send(type: number, flags: number, stream: number, payload?: Buffer): void;
  /** A complete field section in one frame, each field as a literal. */
  request(stream: number, fields: readonly (readonly [string, string])[], flags?: number): void;
  /** The next frame that fits; those before it are dropped. Null when the connection ended before. */
  frame(fits: (frame: RawFrame) => boolean): Promise<RawFrame | null>;
}

export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export async function rawHttp2(egress: Egress, host = HOST): Promise<RawHttp2> {
  const tunnel = await tunnelClient(egress, { host, protocol: "h2" });
  const send = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)) => {
    tunnel.socket.write(encodeFrame(type, flags, stream, payload));
  };
  tunnel.socket.write(PREFACE);
  send(FRAME.settings, 0, 0);
  return {
    tunnel,
    send,
    request: (stream, fields, flags = FLAG.endHeaders | FLAG.endStream) => send(FRAME.headers, flags, stream, fieldSection(fields)),
    frame: (fits) => nextFrame(tunnel, fits),
    [Symbol.dispose]: () => tunnel.socket.destroy(),
  };
}

export function encodeFrame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK without compression: no index, no Huffman code. */
export function fieldSection(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([integer(bytes.length, 127), bytes]);
}

function integer(value: number, most: number): Buffer {
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

async function nextFrame(tunnel: TunnelClient, fits: (frame: RawFrame) => boolean): Promise<RawFrame | null> {
  try {
    for (;;) {
      const head = Buffer.from(await tunnel.reader.count(9), "latin1");
      const payload = Buffer.from(await tunnel.reader.count(head.readUIntBE(0, 3)), "latin1");
      const frame = { type: head.readUInt8(3), flags: head.readUInt8(4), stream: head.readUInt32BE(5), payload };
      if (fits(frame)) return frame;
    }
  } catch {
    return null;
  }
}
