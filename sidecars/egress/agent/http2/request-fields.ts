import type { RequestSubject } from "../../decision-log.ts";
import type { BodyKind } from "../../http1/body-scanner.ts";
import type { Field } from "../../http1/fields.ts";
import { MalformedMessage } from "../../http1/fields.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import type { EgressLimits } from "../../limits.ts";

const METHOD = /^[A-Z][A-Z0-9_-]{0,31}$/;
const TARGET = /^[\x21-\x7e]+$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// As in HTTP/1.1, and without blanks at either end, where a reader could trim what another one kept.
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;
const DIGITS = /^[0-9]{1,15}$/;
// RFC 9113 8.2.2; forwarded to a server that speaks HTTP/1.1 they would decide about its framing.
const CONNECTION_SPECIFIC = new Set(["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "http2-settings"]);
const ONCE = new Set(["host", "content-length", "expect", "te"]);
/** What each field counts for besides its text (RFC 9113 6.5.2). */
const FIELD_OVERHEAD = 32;

/**
 * The head of an HTTP/2 request as the HTTP/1.1 request that it means, so that both are decided and forwarded by the same code (EGR-2).
 * `list` is the field section as received: name, value, name, value. Much of this the HTTP/2 library checks as well; what decides who
 * gets a credential is not left to it alone. Throws `MalformedMessage`.
 */
export function parseRequestFields(list: readonly string[], endsWithHead: boolean, limits: EgressLimits): RequestHead {
  const { pseudo, fields } = splitFields(list, limits);
  const method = pseudo.get(":method") ?? "";
  const target = pseudo.get(":path") ?? "";
  if (!METHOD.test(method)) throw new MalformedMessage("the method is missing or malformed");
  if (method === "CONNECT") throw new MalformedMessage("CONNECT inside a tunnel is not allowed");
  if (pseudo.get(":scheme") !== "https") throw new MalformedMessage("the scheme is not https");
  if (!TARGET.test(target) || (!target.startsWith("/") && target !== "*")) throw new MalformedMessage("the path is missing or malformed");
  const single = singleFields(fields);
  return {
    method,
    target,
    version: "1.1",
    fields,
    host: authority(pseudo.get(":authority") ?? null, single.get("host") ?? null),
    body: requestBody(method, single.get("content-length") ?? null, endsWithHead),
    keepAlive: true,
    expectsContinue: expectation(single.get("expect") ?? null),
    websocket: false,
    hopByHop: [],
  };
}

/** What can be told of a request whose fields are refused. */
export function subjectOf(host: string, list: readonly string[]): RequestSubject {
  const method = fieldValue(list, ":method");
  const target = fieldValue(list, ":path");
  return { host, port: 443, method: METHOD.test(method) ? method : "?", target: TARGET.test(target) ? target : "", protocol: "h2" };
}

function fieldValue(list: readonly string[], name: string): string {
  for (let at = 0; at + 1 < list.length; at += 2) if (list[at] === name) return list[at + 1] ?? "";
  return "";
}

interface SplitFields {
  readonly pseudo: ReadonlyMap<string, string>;
  readonly fields: readonly Field[];
}

const PSEUDO = new Set([":method", ":path", ":scheme", ":authority"]);

function splitFields(list: readonly string[], limits: EgressLimits): SplitFields {
  const pseudo = new Map<string, string>();
  const fields: Field[] = [];
  let size = 0;
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    size += name.length + value.length + FIELD_OVERHEAD;
    if (size > limits.requestHeadBytes) throw new MalformedMessage("the request head is too large", 431);
    if (name.startsWith(":")) takePseudo(pseudo, fields, name, value);
    else takeField(fields, name, value);
    if (fields.length > limits.headerFields) throw new MalformedMessage("too many header fields", 431);
  }
  return { pseudo, fields };
}

function takePseudo(pseudo: Map<string, string>, fields: readonly Field[], name: string, value: string): void {
  if (!PSEUDO.has(name) || pseudo.has(name) || fields.length > 0) throw new MalformedMessage("a pseudo-header field is not allowed there");
  pseudo.set(name, value);
}

function takeField(fields: Field[], name: string, value: string): void {
  if (!NAME.test(name)) throw new MalformedMessage("a header field name holds a forbidden character");
  if (!VALUE.test(value)) throw new MalformedMessage("a header field value holds a forbidden character");
  if (CONNECTION_SPECIFIC.has(name)) throw new MalformedMessage("a header field of HTTP/1.1 connections is there");
  if (name === "te" && value.toLowerCase() !== "trailers") throw new MalformedMessage("the te field names more than trailers");
  const crumb = name === "cookie" ? fields.findIndex((field) => field.name === "cookie") : -1;
  // HTTP/2 may split cookies into crumbs; anywhere else they are one field, and a stripped one must not hide in the second.
  if (crumb === -1) fields.push({ name, value, line: `${name}: ${value}` });
  else fields[crumb] = joined(fields[crumb] as Field, value);
}

function joined(field: Field, crumb: string): Field {
  const value = `${field.value}; ${crumb}`;
  return { name: field.name, value, line: `${field.name}: ${value}` };
}

function singleFields(fields: readonly Field[]): ReadonlyMap<string, string> {
  const single = new Map<string, string>();
  for (const { name, value } of fields) {
    if (!ONCE.has(name)) continue;
    if (single.has(name)) throw new MalformedMessage(`the ${name} field is there twice`);
    single.set(name, value);
  }
  return single;
}

/** Servers choose between the two differently, so both must say the same. */
function authority(pseudo: string | null, host: string | null): string | null {
  if (pseudo !== null && host !== null && pseudo.toLowerCase() !== host.toLowerCase()) {
    throw new MalformedMessage("the host field differs from :authority");
  }
  return pseudo ?? host;
}

function requestBody(method: string, contentLength: string | null, endsWithHead: boolean): BodyKind {
  if (contentLength !== null && !DIGITS.test(contentLength)) throw new MalformedMessage("the content-length is not a number");
  const length = contentLength === null ? null : Number(contentLength);
  if (endsWithHead) {
    if (length !== null && length > 0) throw new MalformedMessage("the content-length differs from the body");
    return { kind: "none" };
  }
  // Servers disagree on whether such a body is read.
  if (method === "GET" || method === "HEAD") throw new MalformedMessage(`a ${method} request has a body`);
  if (length === null) return { kind: "chunked" };
  return length === 0 ? { kind: "none" } : { kind: "length", length };
}

function expectation(expect: string | null): boolean {
  if (expect !== null && expect.toLowerCase() !== "100-continue") throw new MalformedMessage("the expectation is unknown", 417);
  return expect !== null;
}
