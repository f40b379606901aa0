import type { BodyKind } from "./body-scanner.ts";
import type { Field } from "./fields.ts";
import { listMembers, MalformedMessage, parseFields } from "./fields.ts";

/** A request's head as the agent sent it, with everything that decides about framing read exactly once. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: "1.0" | "1.1";
  readonly fields: readonly Field[];
  readonly host: string | null;
  readonly body: BodyKind;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  readonly websocket: boolean;
  /** Lower-case names that Connection lists: they end at this hop. */
  readonly hopByHop: readonly string[];
}

const REQUEST_LINE = /^([A-Z][A-Z0-9_-]{0,31}) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const DIGITS = /^[0-9]{1,15}$/;

/** `text` is the head without its final empty line. Throws `MalformedMessage`. */
export function parseRequestHead(text: string, maxFields: number): RequestHead {
  const lineEnd = text.indexOf("\r\n");
  const line = REQUEST_LINE.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (line === null) throw new MalformedMessage("the request line is not HTTP/1.1");
  const fields = lineEnd === -1 ? [] : parseFields(text, lineEnd + 2, maxFields);
  const method = line[1] as string;
  const version = line[3] === "1" ? "1.1" : "1.0";
  const framing = readFraming(fields);
  const body = requestBody(method, version, framing);
  return {
    method,
    target: line[2] as string,
    version,
    fields,
    host: framing.host,
    body,
    keepAlive: version === "1.1" && !framing.connection.includes("close"),
    expectsContinue: framing.expect !== null,
    websocket: isWebSocket(method, framing),
    hopByHop: framing.connection,
  };
}

interface Framing {
  host: string | null;
  contentLength: string | null;
  transferEncoding: string | null;
  expect: string | null;
  upgrade: string | null;
  connection: string[];
}

function readFraming(fields: readonly Field[]): Framing {
  const framing: Framing = { host: null, contentLength: null, transferEncoding: null, expect: null, upgrade: null, connection: [] };
  for (const field of fields) {
    switch (field.name) {
      case "host":
        framing.host = once(framing.host, field);
        break;
      case "content-length":
        framing.contentLength = once(framing.contentLength, field);
        break;
      case "transfer-encoding":
        framing.transferEncoding = once(framing.transferEncoding, field);
        break;
      case "expect":
        framing.expect = once(framing.expect, field);
        break;
      case "upgrade":
        framing.upgrade = once(framing.upgrade, field);
        break;
      case "connection":
        framing.connection.push(...listMembers(field.value));
        break;
      default:
    }
  }
  return framing;
}

function once(seen: string | null, field: Field): string {
  if (seen !== null) throw new MalformedMessage(`the ${field.name} field is there twice`);
  return field.value;
}

function requestBody(method: string, version: string, framing: Framing): BodyKind {
  const { contentLength, transferEncoding, expect } = framing;
  if (expect !== null && expect.toLowerCase() !== "100-continue") throw new MalformedMessage("the expectation is unknown", 417);
  if (transferEncoding !== null && contentLength !== null)
    throw new MalformedMessage("both content-length and transfer-encoding are there");
  const body = transferEncoding === null ? lengthBody(contentLength) : chunkedBody(transferEncoding, version);
  // Servers disagree on whether such a body is read, so the next request could begin inside it.
  if (body.kind !== "none" && (method === "GET" || method === "HEAD")) throw new MalformedMessage(`a ${method} request has a body`);
  return body;
}

function chunkedBody(coding: string, version: string): BodyKind {
  if (version !== "1.1") throw new MalformedMessage("transfer-encoding is there in HTTP/1.0");
  if (coding.toLowerCase() !== "chunked") throw new MalformedMessage("the transfer coding is not exactly chunked", 501);
  return { kind: "chunked" };
}

function lengthBody(contentLength: string | null): BodyKind {
  if (contentLength === null) return { kind: "none" };
  if (!DIGITS.test(contentLength)) throw new MalformedMessage("the content-length is not a number");
  const length = Number(contentLength);
  return length === 0 ? { kind: "none" } : { kind: "length", length };
}

function isWebSocket(method: string, framing: Framing): boolean {
  return method === "GET" && framing.upgrade?.toLowerCase() === "websocket" && framing.connection.includes("upgrade");
}
