import type { Permit } from "../policy/authorise.ts";
import { CREDENTIAL_SUBPROTOCOLS } from "../policy/credential-carriers.ts";
import type { LiveRoute } from "../policy/live-route.ts";
import { fieldKey } from "../policy/live-route.ts";
import type { Field } from "./fields.ts";
import { endsAtHop } from "./hop-fields.ts";
import type { ResponseHead } from "./response-head.ts";

// Fields of one hop (RFC 9110 7.6.1), those whose content this proxy decides itself, and h2c upgrades.
const REQUEST_DROPPED = new Set([
  "host",
  "connection",
  "proxy-connection",
  "proxy-authorization",
  "keep-alive",
  "te",
  "upgrade",
  "transfer-encoding",
  "content-length",
  "http2-settings",
]);

// Compressed answers cannot be read for echoes of the credential or for what a model's call cost (ADR 0012), nor compressed
// messages of an agent for credentials (ADR 0011).
const COMPRESSION = new Set(["accept-encoding", "sec-websocket-extensions"]);

/** The head that leaves for the upstream, credential included: must never be logged. */
export function upstreamHead(permit: Permit): string {
  const { live, request, authorization } = permit;
  let head = `${request.method} ${permit.target} HTTP/1.1\r\nHost: ${live.route.host}\r\n`;
  for (const field of request.fields) {
    const line = forwardedField(permit, field);
    if (line !== null) head += `${line}\r\n`;
  }
  if (isAnswerRead(permit)) head += "Accept-Encoding: identity\r\n";
  if (authorization !== null) head += `Authorization: ${authorization.value}\r\n`;
  return `${head}${requestFraming(permit)}\r\n`;
}

function isAnswerRead(permit: Permit): boolean {
  return permit.authorization !== null || permit.modelCall;
}

/** The line in which one of the agent's fields leaves, without its end; null where it does not. */
export function forwardedField(permit: Permit, field: Field): string | null {
  const { live, request } = permit;
  if (REQUEST_DROPPED.has(field.name) || live.strippedFields.has(fieldKey(field.name))) return null;
  if (request.hopByHop.length > 0 && request.hopByHop.includes(field.name)) return null;
  if (COMPRESSION.has(field.name) && (request.websocket || isAnswerRead(permit))) return null;
  if (field.name === "cookie" && live.strippedCookies.size > 0) return cookieLine(field, live.strippedCookies);
  if (field.name === "sec-websocket-protocol" && live.route.auth !== null) return subprotocolLine(field);
  return field.line;
}

const TRAILERS_FORBIDDEN = new Set(["trailer", "expect", "cookie"]);

/** Whether a trailer would change what was decided by the head, or carry a credential of the agent's. */
export function trailerForbidden(name: string, live: LiveRoute): boolean {
  return endsAtHop(name) || TRAILERS_FORBIDDEN.has(name) || live.strippedFields.has(fieldKey(name));
}

function cookieLine(field: Field, stripped: ReadonlySet<string>): string | null {
  const kept = field.value.split(";").filter((pair) => !stripped.has((pair.split("=", 1)[0] ?? "").trim()));
  return kept.length === 0 ? null : `Cookie: ${kept.join(";").trim()}`;
}

function subprotocolLine(field: Field): string | null {
  const names = field.value.split(",").map((name) => name.trim());
  const kept = names.filter((name) => !CREDENTIAL_SUBPROTOCOLS.some((carrier) => name.toLowerCase().startsWith(carrier)));
  return kept.length === 0 ? null : `Sec-WebSocket-Protocol: ${kept.join(", ")}`;
}

function requestFraming({ request }: Permit): string {
  if (request.websocket) return "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  switch (request.body.kind) {
    case "chunked":
      return "Transfer-Encoding: chunked\r\n";
    case "length":
      return `Content-Length: ${request.body.length}\r\n`;
    default:
      // Servers expect a length where a body is usual.
      return ["POST", "PUT", "PATCH"].includes(request.method) ? "Content-Length: 0\r\n" : "";
  }
}

// Alt-Svc would send clients to ports and protocols that no tunnel leads to.
const RESPONSE_DROPPED = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "alt-svc",
  "proxy-authenticate",
]);

/** The head that goes to the agent. */
export function agentHead(head: ResponseHead, close: boolean): string {
  let text = `HTTP/1.1 ${head.status}${head.phrase === "" ? " " : head.phrase}\r\n`;
  for (const field of head.fields) {
    if (RESPONSE_DROPPED.has(field.name)) continue;
    if (head.hopByHop.length > 0 && head.hopByHop.includes(field.name)) continue;
    text += `${field.line}\r\n`;
  }
  if (head.status === 101) text += "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  else if (head.body.kind === "chunked") text += "Transfer-Encoding: chunked\r\n";
  if (close && head.status >= 200) text += "Connection: close\r\n";
  return `${text}\r\n`;
}
