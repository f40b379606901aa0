import type { BodyKind } from "./body-scanner.ts";
import type { Field } from "./fields.ts";
import { listMembers, MalformedMessage, parseFields } from "./fields.ts";

export interface ResponseHead {
  readonly status: number;
  /** As received, with its leading blank, or empty. */
  readonly phrase: string;
  readonly fields: readonly Field[];
  readonly body: BodyKind;
  readonly keepAlive: boolean;
  /** What the server announced in Keep-Alive, in milliseconds. */
  readonly keepAliveMs: number | null;
  readonly hopByHop: readonly string[];
  /** The protocol of a 101. */
  readonly upgrade: string | null;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])( [\t\x20-\x7e\x80-\xff]*)?$/;
const DIGITS = /^[0-9]{1,15}$/;

/** `text` is the head without its final empty line; `method` is the request's. Throws `MalformedMessage`. */
export function parseResponseHead(text: string, method: string, maxFields: number): ResponseHead {
  const lineEnd = text.indexOf("\r\n");
  const line = STATUS_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (line === null) throw new MalformedMessage("the status line is not HTTP/1.1");
  const fields = lineEnd === -1 ? [] : parseFields(text, lineEnd + 2, maxFields);
  const status = Number(line[2]);
  const version = line[1] === "1" ? "1.1" : "1.0";
  const framing = readFraming(fields);
  const body = responseBody(method, status, version, framing);
  const persistent = version === "1.1" ? !framing.connection.includes("close") : framing.connection.includes("keep-alive");
  return {
    status,
    phrase: line[3] ?? "",
    fields,
    body,
    keepAlive: persistent && body.kind !== "until-close",
    keepAliveMs: framing.keepAliveMs,
    hopByHop: framing.connection,
    upgrade: framing.upgrade,
  };
}

interface Framing {
  contentLength: string | null;
  transferEncoding: string | null;
  upgrade: string | null;
  keepAliveMs: number | null;
  connection: string[];
}

function readFraming(fields: readonly Field[]): Framing {
  const framing: Framing = { contentLength: null, transferEncoding: null, upgrade: null, keepAliveMs: null, connection: [] };
  for (const field of fields) {
    switch (field.name) {
      case "content-length":
        framing.contentLength = sameLength(framing.contentLength, field.value);
        break;
      case "transfer-encoding":
        if (framing.transferEncoding !== null) throw new MalformedMessage("transfer-encoding is there twice");
        framing.transferEncoding = field.value;
        break;
      case "upgrade":
        framing.upgrade = field.value.toLowerCase();
        break;
      case "keep-alive":
        framing.keepAliveMs = keepAliveTimeout(field.value);
        break;
      case "connection":
        framing.connection.push(...listMembers(field.value));
        break;
      default:
    }
  }
  return framing;
}

// Some servers send the same length twice; two different ones are an attack or a broken server.
function sameLength(seen: string | null, value: string): string {
  if (seen !== null && seen !== value) throw new MalformedMessage("two different content-lengths are there");
  return value;
}

function keepAliveTimeout(value: string): number | null {
  const seconds = /(?:^|,)\s*timeout=([0-9]{1,6})/i.exec(value)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

function responseBody(method: string, status: number, version: string, framing: Framing): BodyKind {
  const { contentLength, transferEncoding } = framing;
  if (transferEncoding !== null && contentLength !== null)
    throw new MalformedMessage("both content-length and transfer-encoding are there");
  if (contentLength !== null && !DIGITS.test(contentLength)) throw new MalformedMessage("the content-length is not a number");
  if (transferEncoding !== null && (version !== "1.1" || transferEncoding.toLowerCase() !== "chunked")) {
    throw new MalformedMessage("the transfer coding is not exactly chunked");
  }
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return { kind: "none" };
  if (transferEncoding !== null) return { kind: "chunked" };
  if (contentLength === null) return { kind: "until-close" };
  return contentLength === "0" ? { kind: "none" } : { kind: "length", length: Number(contentLength) };
}
