import type { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import type { EgressRequest, PipelockRequest } from "#common/domain/proposal.ts";
import type { WriteBackOffer as OfferSchema } from "#common/ipc/proposal-methods.ts";

export type WriteBackOffer = z.infer<typeof OfferSchema>;
export type RouteRequest = EgressRequest | PipelockRequest;

/** What a request can be written to, or why to nothing. */
export type WriteBack = { readonly ok: true; readonly offer: WriteBackOffer } | { readonly ok: false; readonly problem: string };

/** With a problem it is approved and live all the same, and the file was not changed. */
export interface WrittenBack {
  readonly file: string;
  readonly problem: string | null;
}

/** The bottle's manifest, as far as approvals for good may change it (SUP-4): the route of one host, as a reviewed diff. */
export interface WriteBackPort {
  offer(slug: Slug, request: RouteRequest): Promise<WriteBack>;
  /** Writes what was reviewed, where the file and what it would become are still that. */
  write(slug: Slug, request: RouteRequest, digest: string): Promise<WrittenBack>;
}
