import { STATUS_CODES } from "node:http";
import type { EgressDecision } from "#common/domain/decision.ts";
import type { NumberedDecision } from "./traffic.ts";

/** HTTP Archive 1.2; what it has no field for begins with an underscore, as it asks for. */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: object;
  readonly response: object;
  readonly cache: Record<string, never>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  readonly comment: string;
  readonly [own: `_${string}`]: unknown;
}

/** Everything of an archive but its entries: they follow one by one, so that a large one is never in memory as a whole. */
export function harFrame(version: string, slug: string): { head: string; tail: string } {
  const creator = JSON.stringify({ name: "bot-bottle", version });
  const comment = JSON.stringify(`What bottle ${slug} asked for. Headers, bodies and values of queries are never on record.`);
  return { head: `{"log":{"version":"1.2","creator":${creator},"comment":${comment},"entries":[`, tail: "]}}\n" };
}

/** One decision. Holds no header value, no body and no query value: none is on record, so none can leave with the file. */
export function harEntry({ seq, decision }: NumberedDecision): HarEntry {
  const { time, durationMs, verdict, rule, reason, revision, tokenRef, grantId, finding, usage } = decision;
  const took = Math.max(0, durationMs);
  return {
    startedDateTime: time,
    time: took,
    request: request(decision),
    response: response(decision),
    cache: {},
    timings: { send: 0, wait: took, receive: 0 },
    comment: `${verdict}: ${reason}`,
    _seq: seq,
    ...(isHost(decision.host) ? {} : { _host: decision.host }),
    _verdict: verdict,
    _rule: rule,
    _revision: revision,
    ...(tokenRef === null ? {} : { _credential: tokenRef }),
    ...(grantId === undefined ? {} : { _grant: grantId }),
    // Not the excerpt: a few characters of a credential are for the operator's own eyes.
    ...(finding === undefined ? {} : { _finding: { rule: finding.rule, part: finding.part } }),
    ...(usage === undefined ? {} : { _usage: usage }),
  };
}

function request(decision: EgressDecision): object {
  return {
    method: decision.method,
    url: urlOf(decision),
    httpVersion: decision.protocol === "h2" ? "HTTP/2" : "HTTP/1.1",
    cookies: [],
    headers: [],
    queryString: queryOf(decision.path),
    headersSize: -1,
    bodySize: decision.bytesUp,
  };
}

function response({ status, bytesDown, protocol }: EgressDecision): object {
  return {
    // 0: the connection ended before an answer, as browsers write it.
    status: status ?? 0,
    statusText: (status === null ? undefined : STATUS_CODES[status]) ?? "",
    httpVersion: protocol === "h2" ? "HTTP/2" : "HTTP/1.1",
    cookies: [],
    headers: [],
    content: { size: bytesDown, mimeType: "x-unknown" },
    redirectURL: "",
    headersSize: -1,
    bodySize: bytesDown,
  };
}

/** A valid URL whatever the agent sent: what no URL may hold is escaped, and nothing is resolved as a URL parser would. */
function urlOf({ host, port, path }: EgressDecision): string {
  const place = `${isHost(host) ? host : "not-a-host.invalid"}${port === 443 ? "" : `:${port}`}`;
  return `https://${place}${path.startsWith("/") ? "" : "/"}${escaped(path, /[^\x21-\x7e]|["<>\\^`{|}#[\]]|%(?![0-9A-Fa-f]{2})/gu)}`;
}

function isHost(host: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(host) && URL.canParse(`https://${host}/`);
}

function escaped(text: string, pattern: RegExp): string {
  return text.toWellFormed().replaceAll("=…", "=REDACTED").replace(pattern, encodeURIComponent);
}

function queryOf(path: string): { name: string; value: string }[] {
  const mark = path.indexOf("?");
  if (mark === -1) return [];
  const pairs = path.slice(mark + 1).split("&");
  return pairs
    .filter(Boolean)
    .map((pair) => ({ name: pair.includes("=") ? (pair.split("=", 1)[0] ?? "") : "REDACTED", value: "REDACTED" }));
}
