import { z } from "zod";
import { Budget } from "../domain/budget.ts";
import { GateRepo } from "../domain/git.ts";
import { Slug } from "../domain/names.ts";
import { RouteTable } from "../domain/route.ts";

/** What a bottle's git-gate takes at most (GIT-5). Generous: real histories are large. */
export const GateLimits = z.strictObject({
  /** One push. */
  packBytes: z
    .int()
    .positive()
    .default(4 * 1024 ** 3),
  /** Pushes that wait for the operator, and what they hold on disk together. */
  heldPushes: z.int().positive().max(50).default(20),
  heldBytes: z
    .int()
    .positive()
    .default(4 * 1024 ** 3),
  /** A client that sends or takes nothing for so long is gone. */
  idleSeconds: z.number().positive().default(120),
});
export type GateLimits = z.infer<typeof GateLimits>;
export const DEFAULT_GATE_LIMITS: GateLimits = GateLimits.parse({});

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
  /** Whether the backend can give the agent another image: without it, the agent is not offered to ask for one. */
  capability: z.boolean().default(false),
  /** Null: model calls may cost anything. */
  budget: Budget.nullable().default(null),
  /** Repositories behind the git-gate; empty: it does not run. */
  repos: z.array(GateRepo).default([]),
  gateLimits: GateLimits.default(DEFAULT_GATE_LIMITS),
  /** SUPERVISE_RESPONSE_TIMEOUT_SECONDS (SUP-2). */
  responseTimeoutSeconds: z.number().positive(),
});
export type BundleConfig = z.infer<typeof BundleConfig>;
