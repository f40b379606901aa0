import type { RequestTurns } from "./agent/http2/request-turns.ts";
import type { StreamRoom } from "./agent/http2/stream-room.ts";
import type { ContentInspection } from "./content/content-inspection.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { EgressLimits } from "./limits.ts";
import type { Policy } from "./policy/authorise.ts";
import type { LeafCertificates } from "./tls/leaf-certificates.ts";
import type { UpstreamPool } from "./upstream/pool.ts";

/** What every connection of one egress shares. */
export interface DataPlane extends Policy {
  readonly leaves: LeafCertificates;
  readonly pool: UpstreamPool;
  readonly content: ContentInspection;
  readonly log: DecisionLog;
  readonly limits: EgressLimits;
  readonly streams: StreamRoom;
  readonly turns: RequestTurns;
}
