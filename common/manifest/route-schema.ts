import { z } from "zod";
import { FreeTokenRef } from "../domain/names.ts";
import { AuthScheme, HttpMethod } from "../domain/route.ts";
import { pathPrefixFault } from "./path-prefix.ts";
import { routeHost } from "./route-host.ts";

/** A host name in any spelling; canonical afterwards (MAN-6). */
const RouteHost = z.string().transform((text, context) => {
  const host = routeHost(text);
  if (host.ok) return host.host;
  context.addIssue({ code: "custom", message: `is not usable as a route: ${host.reason}` });
  return z.NEVER;
});

const PathAllowlist = z.array(
  z.string().superRefine((prefix, context) => {
    const fault = pathPrefixFault(prefix);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  }),
);

export const Auth = z.strictObject({ scheme: AuthScheme, token_ref: FreeTokenRef });

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: "must be an IP address or a network such as 10.0.0.0/8" });

const HeaderName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, "must be the name of a header");
const CarrierName = z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be a name without spaces");

const Strip = z.strictObject({
  headers: z.array(HeaderName).optional(),
  query_keys: z.array(CarrierName).optional(),
  cookies: z.array(CarrierName).optional(),
});

/** One entry of `egress.routes`. */
export const ManifestRoute = z.strictObject({
  host: RouteHost,
  path_allowlist: PathAllowlist.optional(),
  methods: z.array(HttpMethod).min(1, "must name at least one method, or be left out to allow all").optional(),
  auth: Auth.optional(),
  websocket: z.boolean().optional(),
  strip: Strip.optional(),
  pipelock: z.strictObject({ tls_passthrough: z.boolean().optional(), ssrf_ip_allowlist: z.array(Network).optional() }).optional(),
  role: z.never("is reserved for future use; remove it").optional(),
});
export type ManifestRoute = z.output<typeof ManifestRoute>;

const Budget = z
  .strictObject({
    tokens_per_day: z.int().positive("must be greater than 0").optional(),
    usd_per_day: z.number().positive("must be greater than 0").optional(),
    on_limit: z.enum(["warn", "stop"]).optional(),
  })
  .refine(
    (budget) => (budget.tokens_per_day === undefined) !== (budget.usd_per_day === undefined),
    "must hold either tokens_per_day or usd_per_day",
  );

/** One route a host: two would leave it open which of them decides. */
export function refuseRepeatedHosts(routes: readonly { readonly host: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { host }] of routes.entries()) {
    if (seen.has(host))
      context.addIssue({ code: "custom", path: [index, "host"], message: `names ${host} again; give all its settings in one route` });
    seen.add(host);
  }
}

export const Egress = z.strictObject({
  routes: z.array(ManifestRoute).max(2000, "may hold at most 2000 routes").superRefine(refuseRepeatedHosts).optional(),
  budget: Budget.optional(),
});
