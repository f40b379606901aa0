import { z } from "zod";
import { GateRepo } from "../domain/git.ts";
import { Slug } from "../domain/names.ts";
import { RouteTable } from "../domain/route.ts";

/**
 * What a bundle is created with, as `config.json` in its state folder. Holds no secret: credentials come over the control
 * channel and stay in memory (SID-4). Beside it lie `ca.pem`, `ca-key.pem` (per-bottle CA, 0600) and, where the operator
 * trusts further roots, `extra-ca.pem` (EGR-9).
 */
export const BundleConfig = z.strictObject({
  protocol: z.literal(1),
  slug: Slug,
  /** Address of the bundle on the network that the agent shares with it; every agent-facing port binds to it alone. */
  listenHost: z.string(),
  /** DNS for the agent on `listenHost`, where the backend has a network at all. */
  dns: z.boolean(),
  table: RouteTable,
  supervise: z.boolean(),
  /** Repositories behind the git-gate; empty: it does not run. */
  repos: z.array(GateRepo).default([]),
  /** SUPERVISE_RESPONSE_TIMEOUT_SECONDS (SUP-2). */
  responseTimeoutSeconds: z.number().positive(),
});
export type BundleConfig = z.infer<typeof BundleConfig>;
