import type { EgressDecision } from "#common/domain/decision.ts";
import { ago } from "./sample-time.ts";

const messages: Partial<EgressDecision> = {
  protocol: "h2",
  usage: { model: "claude-opus-4-5", input: 1240, output: 870, cacheRead: 38_400, cacheWrite: 2100 },
};

const finding: EgressDecision["finding"] = {
  rule: "aws-access-key",
  part: "body",
  place: "multipart field log, line 212",
  excerpt: "AKIA••••••••••••3F7Q",
};

type Sample = [
  host: string,
  method: string,
  path: string,
  verdict: EgressDecision["verdict"],
  rule: EgressDecision["rule"],
  status: number | null,
  tokenRef: string | null,
  more?: Partial<EgressDecision>,
];

export const samples: Sample[] = [
  ["api.anthropic.com", "POST", "/v1/messages?beta=[redacted]", "allowed", "route", 200, "CLAUDE_OAUTH", messages],
  ["api.anthropic.com", "POST", "/v1/messages?beta=[redacted]", "allowed", "route", 200, "CLAUDE_OAUTH", messages],
  ["gitea.example.org", "GET", "/api/v1/repos/team/api/pulls/118", "allowed", "route", 200, "GITEA_PAT"],
  ["packages.example.org", "GET", "/p-retry", "refused", "no-route", 403, null],
  ["api.anthropic.com", "POST", "/v1/messages?beta=[redacted]", "allowed", "route", 200, "CLAUDE_OAUTH", messages],
  ["docs.python.org", "GET", "/3/library/asyncio-task.html", "allowed", "route", 200, null, { protocol: "h2" }],
  ["gitea.example.org", "DELETE", "/api/v1/repos/team/api", "refused", "method", 403, null],
  ["api.anthropic.com", "POST", "/v1/messages?beta=[redacted]", "allowed", "route", 200, "CLAUDE_OAUTH", messages],
  ["gitea.example.org", "GET", "/api/v1/repos/team/../../admin/users", "refused", "path-encoding", 400, null],
  ["packages.example.org", "PUT", "/-/package/p-retry/dist-tags", "refused", "no-route", 403, null],
  ["docs.python.org", "GET", "/3/genindex.html", "failed", "upstream-unreachable", 502, null],
  ["paste.example.net", "POST", "/v1/paste", "refused", "dlp", 403, null, { finding }],
  ["gitea.example.org", "GET", "/api/v1/repos/team/api/events", "allowed", "route", 101, "GITEA_PAT", { protocol: "websocket" }],
];

function reasonOf(rule: EgressDecision["rule"], method: string, host: string): string {
  if (rule === "no-route") return `no route for ${host}`;
  if (rule === "dlp") return "the body holds what looks like a credential: aws-access-key";
  if (rule === "path-encoding") return "the path holds a dot segment";
  if (rule === "upstream-unreachable") return `${host} could not be reached`;
  return rule === "method" ? `the route of ${host} does not allow ${method}` : `the route of ${host} allows ${method}`;
}

export function decision(index: number, time: string): EgressDecision {
  const [host, method, path, verdict, rule, status, tokenRef, more] = samples[index % samples.length]!;
  return {
    time,
    host,
    port: 443,
    method,
    path,
    verdict,
    rule,
    reason: reasonOf(rule, method, host),
    revision: 7,
    tokenRef,
    bytesUp: 400 + ((index * 977) % 9000),
    bytesDown: verdict === "allowed" ? 900 + ((index * 7919) % 180_000) : 212,
    status,
    durationMs: verdict === "allowed" ? 80 + ((index * 131) % 2400) : 0.4,
    ...more,
  };
}

export function history(count: number): { seq: number; decision: EgressDecision }[] {
  return Array.from({ length: count }, (_, at) => ({ seq: at + 1, decision: decision(at, ago((count - at) * 7300)) }));
}
