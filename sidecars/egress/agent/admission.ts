import type { DataPlane } from "../data-plane.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { Authorisation, Permit } from "../policy/authorise.ts";
import { authorise, revocation } from "../policy/authorise.ts";

/** Decides a request inside a tunnel to `host` by what is live now and what its head holds: the one way in, whatever protocol it came by (EGR-2, DLP-2). */
export function decideRequest(plane: DataPlane, host: string, request: RequestHead): Authorisation {
  return authorise(plane, host, request, (permit) => plane.content.refuseHead(permit));
}

/** Whether what is under way may go on by the table that is live now (EGR-6). A credential that has gone since was already used. */
export function stillPermitted(plane: DataPlane, host: string, permit: Permit): boolean {
  return revocation(plane, host, permit) === null;
}
