import type { DataPlane } from "../data-plane.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { Authorisation, Permit } from "../policy/authorise.ts";
import { authorise } from "../policy/authorise.ts";

/** Decides a request inside a tunnel to `host` by what is live now: the one way in, whatever protocol it came by (EGR-2). */
export function decideRequest(plane: DataPlane, host: string, request: RequestHead): Authorisation {
  return authorise(host, plane.routes.find(host), request, plane.credentials);
}

/** Whether what is under way may go on by the table that is live now (EGR-6). A credential that has gone since was already used. */
export function stillPermitted(plane: DataPlane, host: string, permit: Permit): boolean {
  const verdict = authorise(host, plane.routes.find(host), permit.request, plane.credentials);
  return verdict.kind === "permit" || verdict.refusal.rule === "credential-missing";
}
