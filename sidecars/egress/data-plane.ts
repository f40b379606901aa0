import type { EgressClock } from "./clock.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { EgressLimits } from "./limits.ts";
import type { Credentials } from "./policy/credentials.ts";
import type { LiveRoutes } from "./policy/live-routes.ts";
import type { LeafCertificates } from "./tls/leaf-certificates.ts";
import type { UpstreamPool } from "./upstream/pool.ts";

/** What every connection of one egress shares. */
export interface DataPlane {
  readonly routes: LiveRoutes;
  readonly credentials: Credentials;
  readonly leaves: LeafCertificates;
  readonly pool: UpstreamPool;
  readonly log: DecisionLog;
  readonly clock: EgressClock;
  readonly limits: EgressLimits;
}
