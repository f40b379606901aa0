import { z } from "zod";
import { EgressDecision, TokenUsage } from "../domain/decision.ts";
import { Slug, Timestamp, TokenRef } from "../domain/names.ts";
import { HttpMethod, PathPrefix } from "../domain/route.ts";
import { CredentialCuts } from "../wire/control.ts";
import { method } from "./method.ts";
import { Replay } from "./proposal-methods.ts";

const NumberedDecision = z.strictObject({ seq: z.int(), decision: EgressDecision });
const Empty = z.strictObject({});
const BySlug = z.strictObject({ slug: Slug });

/** One host's traffic by the minute, for a sparkline. */
export const HostSeries = z.strictObject({
  host: z.string(),
  /** Oldest first, as many as `minutes`. */
  allowed: z.array(z.int()),
  /** Refused or failed: the agent did not get through. */
  refused: z.array(z.int()),
  /** Of allowed requests in the whole span; null where there were none. */
  medianMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/** Where a credential was used. */
export const CredentialActivity = z.strictObject({
  tokenRef: TokenRef,
  /** Hosts whose live routes name it, and those it was used on before. */
  hosts: z.array(z.strictObject({ host: z.string(), live: z.boolean(), uses: z.int(), lastAt: Timestamp.nullable() })),
  uses: z.int(),
  lastAt: Timestamp.nullable(),
  cut: z.boolean(),
});

/** What a bottle's model calls cost today. */
export const UsageToday = z.strictObject({
  /** The operator's day, e.g. `2026-11-22`. */
  day: z.string(),
  models: z.array(TokenUsage.extend({ requests: z.int(), usd: z.number().nullable() })),
  tokens: z.int(),
  /** Null where a model's price is not known. */
  usd: z.number().nullable(),
  budget: z
    .strictObject({ tokensPerDay: z.int().nullable(), usdPerDay: z.number().nullable(), onLimit: z.enum(["warn", "stop"]) })
    .nullable(),
  state: z.enum(["within", "warned", "stopped"]),
});

export const egressMethods = {
  "decisions.recent": method(z.strictObject({ slug: Slug, limit: z.int().min(1).max(5000) }), z.array(NumberedDecision)),
  /** Newest first, over everything that is kept. */
  "decisions.search": method(
    z.strictObject({
      slug: Slug,
      /** Words that host, method, path, rule or reason must all hold. */
      text: z.string().max(200),
      verdict: z.enum(["allowed", "refused", "failed"]).nullable(),
      /** Only older ones than this number. */
      before: z.int().nullable(),
      limit: z.int().min(1).max(1000),
    }),
    z.strictObject({ decisions: z.array(NumberedDecision), more: z.boolean(), searched: z.int() }),
  ),
  /** Which past requests such a route would have let through. */
  "decisions.what-if": method(
    z.strictObject({
      slug: Slug,
      host: z.string().max(253),
      methods: z.array(HttpMethod).nullable(),
      pathAllowlist: z.array(PathPrefix).max(100),
      websocket: z.boolean().default(false),
    }),
    Replay,
  ),
  /** HTTP Archive without secrets; answers where it was put. */
  "decisions.export": method(BySlug, z.strictObject({ file: z.string(), entries: z.int() })),
  "traffic.series": method(
    z.strictObject({ slug: Slug, minutes: z.int().min(5).max(240) }),
    z.strictObject({ until: Timestamp, hosts: z.array(HostSeries) }),
  ),
  "credentials.activity": method(BySlug, z.strictObject({ cuts: CredentialCuts, credentials: z.array(CredentialActivity) })),
  /** Kill switch: answers once no request gets them any more. */
  "credentials.cut": method(z.strictObject({ slug: Slug, cuts: CredentialCuts }), Empty),
  "usage.today": method(BySlug, UsageToday),
} as const;

export const egressTopics = {
  decisions: z.strictObject({ slug: Slug, decisions: z.array(NumberedDecision) }),
  cuts: z.strictObject({ slug: Slug, cuts: CredentialCuts }),
} as const;
