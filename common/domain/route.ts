import { z } from "zod";
import { TokenRef } from "./names.ts";

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
    .strictObject({ tlsPassthrough: z.boolean().default(false), ssrfIpAllowlist: z.array(z.string()).default([]) })
    .default({ tlsPassthrough: false, ssrfIpAllowlist: [] }),
  origin: RouteOrigin,
});
export type Route = z.infer<typeof Route>;

/** The live routes of one bottle. The revision grows by one with every change (SUP-4). */
export const RouteTable = z.strictObject({ revision: z.int().min(0), routes: z.array(Route).max(2000) });
export type RouteTable = z.infer<typeof RouteTable>;
