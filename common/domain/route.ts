import { z } from "zod";
import { Timestamp, TokenRef } from "./names.ts";

export const AuthScheme = z.enum(["Bearer", "token"]);

/** How egress authenticates a request to a route's host; the value behind `tokenRef` never leaves the bundle's memory. */
export const RouteAuth = z.strictObject({
  scheme: AuthScheme,
  tokenRef: TokenRef,
  /** `replace`: only where the agent sent an Authorization header itself, so that its unauthenticated calls stay so. */
  inject: z.enum(["always", "replace"]).default("always"),
});
export type RouteAuth = z.infer<typeof RouteAuth>;

/** Where a route came from, for lineage in the panel. */
export const RouteOrigin = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("provider"), provider: z.string() }),
  z.strictObject({ kind: z.literal("manifest"), bottle: z.string() }),
  z.strictObject({ kind: z.literal("proposal"), proposalId: z.string() }),
  z.strictObject({ kind: z.literal("operator") }),
]);
export type RouteOrigin = z.infer<typeof RouteOrigin>;

/** A method token of RFC 9110 in upper case; CONNECT is never a route's method. */
export const HttpMethod = z
  .string()
  .regex(/^[A-Z][A-Z0-9_-]{0,31}$/, "must be an HTTP method in capitals")
  .refine((method) => method !== "CONNECT", "CONNECT cannot be allowed on a route");

/** An absolute path prefix in normalised form; `/api/` allows everything below it, `/api` itself and all below it at a `/` boundary. */
export const PathPrefix = z.string().max(2048).startsWith("/", "must start with /");

/** Credential carriers of the agent that are removed before a request leaves, besides Authorization (EGR-3). */
export const StripRules = z.strictObject({
  headers: z.array(z.string()).default([]),
  queryKeys: z.array(z.string()).default([]),
  cookies: z.array(z.string()).default([]),
});

/** One allowed egress destination. Canonical: produced by the manifest loader or `proposals`, never typed in by hand. */
export const Route = z.strictObject({
  /** Canonical host name: lower case A-labels, no trailing dot. */
  host: z.string().min(1).max(253),
  /** `null` allows every method. */
  methods: z.array(HttpMethod).min(1).nullable().default(null),
  /** Empty allows every path. */
  pathAllowlist: z.array(PathPrefix).default([]),
  auth: RouteAuth.nullable().default(null),
  websocket: z.boolean().default(false),
  strip: StripRules.default({ headers: [], queryKeys: [], cookies: [] }),
  pipelock: z
    .strictObject({
      tlsPassthrough: z.boolean().default(false),
      ssrfIpAllowlist: z.array(z.string()).default([]),
      /** Names of content rules that the operator has let pass on this route (DLP-2). */
      allowFindings: z.array(z.string().min(1).max(100)).max(100).default([]),
    })
    .default({ tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] }),
  origin: RouteOrigin,
});
export type Route = z.infer<typeof Route>;

/** What ends a grant; `life`: the bottle's own end. */
export const GrantLimit = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("life") }),
  z.strictObject({ kind: z.literal("until"), at: Timestamp }),
  z.strictObject({ kind: z.literal("requests"), granted: z.int().min(1).max(10_000), left: z.int().min(0).max(10_000) }),
]);
export type GrantLimit = z.infer<typeof GrantLimit>;

/**
 * A route for a while, beside the permanent ones: a request that no permanent route of its host allows is asked about the grants
 * of that host, in order; the first that allows it lets it pass and, where it counts requests, loses one.
 */
export const Grant = z.strictObject({
  /** The proposal's id, or `operator.<n>`. Unique in its table. */
  id: z.string().min(1).max(130),
  route: Route,
  limit: GrantLimit,
  grantedAt: Timestamp,
  by: z.string(),
});
export type Grant = z.infer<typeof Grant>;

/** The live routes of one bottle. The revision grows by one with every change, a grant's end included (SUP-4). */
export const RouteTable = z.strictObject({
  revision: z.int().min(0),
  /** At most one a host. */
  routes: z.array(Route).max(2000),
  /** Any number a host. */
  grants: z.array(Grant).max(200).default([]),
});
export type RouteTable = z.infer<typeof RouteTable>;
