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

export const Auth = z.strictObject({
  scheme: AuthScheme.describe("How the host wants the credential: Authorization: Bearer … or token …."),
  token_ref: FreeTokenRef.describe("The name of the secret, never its value."),
});

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: "must be an IP address or a network such as 10.0.0.0/8" });

const HeaderName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, "must be the name of a header");
const CarrierName = z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be a name without spaces");

const Strip = z.strictObject({
  headers: z.array(HeaderName).optional().describe("Headers, besides Authorization."),
  query_keys: z.array(CarrierName).optional().describe("Keys of the query."),
  cookies: z.array(CarrierName).optional().describe("Names of cookies."),
});

/** One entry of `egress.routes`. */
export const ManifestRoute = z.strictObject({
  host: RouteHost.describe("Exactly one host, by HTTPS: no wildcard, port or path."),
  path_allowlist: PathAllowlist.optional().describe("Prefixes of allowed paths, each starting with /. Default: all."),
  methods: z
    .array(HttpMethod)
    .min(1, "must name at least one method, or be left out to allow all")
    .optional()
    .describe("Allowed methods in capitals, for example [GET]. Default: all."),
  auth: Auth.optional().describe("The credential that is added to requests outside of the bottle."),
  websocket: z.boolean().optional().describe("Lets WebSocket connections through. Default: false."),
  strip: Strip.optional().describe("Further places in which the agent's own credentials are removed."),
  pipelock: z
    .strictObject({
      tls_passthrough: z
        .boolean()
        .optional()
        .describe("Leaves the content to egress' own scan, which is the only one in this version. Default: false."),
      ssrf_ip_allowlist: z.array(Network).optional().describe("Private addresses or networks that the host may lead to."),
      allow_findings: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, "must be the name of a content rule such as github-pat"))
        .max(100)
        .optional()
        .describe("Names of content rules that do not refuse on this route."),
    })
    .optional()
    .describe("How pipelock treats the route."),
  role: z.never("is reserved for future use; remove it").optional(),
});
export type ManifestRoute = z.output<typeof ManifestRoute>;

const Budget = z
  .strictObject({
    tokens_per_day: z.int().positive("must be greater than 0").optional().describe("Tokens of the model's API."),
    usd_per_day: z.number().positive("must be greater than 0").optional().describe("Dollars, at the API's list prices."),
    on_limit: z.enum(["warn", "stop"]).optional().describe("What happens at the limit. Default: stop."),
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
  routes: z
    .array(ManifestRoute)
    .max(2000, "may hold at most 2000 routes")
    .superRefine(refuseRepeatedHosts)
    .optional()
    .describe("One entry a host."),
  budget: Budget.optional().describe("What a day may cost: tokens_per_day or usd_per_day."),
});
