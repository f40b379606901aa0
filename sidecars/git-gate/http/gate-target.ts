import type { IncomingMessage } from "node:http";
import type { HttpRefusal } from "./http-refusal.ts";
import { lfsRefusal, refusal } from "./http-refusal.ts";

export type GitService = "git-upload-pack" | "git-receive-pack";

/** What a request wants of which repository. */
export interface GateTarget {
  readonly repo: string;
  readonly kind: "advertise" | "exchange";
  readonly service: GitService;
}

type Located = { readonly ok: true; readonly target: GateTarget } | { readonly ok: false; readonly refusal: HttpRefusal };

/** No encodings: a name that needs one is not a repository's, and one path must have one spelling. */
const PATH = /^\/(?<repo>[A-Za-z0-9._-]{1,110})\/(?<rest>[A-Za-z0-9._/-]{1,200})$/;
const SERVICES: Readonly<Record<string, GitService>> = { "git-upload-pack": "git-upload-pack", "git-receive-pack": "git-receive-pack" };

/** Reads the request line of smart HTTP; everything else is refused with the reason that a client can show (GIT-5). */
export function locate(request: Pick<IncomingMessage, "method" | "url">, repos: ReadonlySet<string>): Located {
  const [path = "", query = null, ...more] = (request.url ?? "").split("?");
  const { repo: segment, rest } = PATH.exec(path)?.groups ?? {};
  if (segment === undefined || rest === undefined || more.length > 0 || isTraversal(path))
    return refused(refusal(400, "this is not a path of the git-gate"));
  const repo = [segment, segment.replace(/\.git$/, "")].find((name) => repos.has(name));
  if (repo === undefined) return refused(refusal(404, "this bottle has no such repository: only declared ones can be reached"));
  if (rest === "info/refs") return advertisement(request.method, repo, query);
  if (rest.startsWith("info/lfs/") || rest.startsWith("objects/batch")) return refused(lfsRefusal());
  const service = Object.hasOwn(SERVICES, rest) ? SERVICES[rest] : undefined;
  if (service === undefined) return refused(otherRefusal(rest));
  if (request.method !== "POST") return refused(refusal(405, "a POST is expected here"));
  return query === null ? { ok: true, target: { repo, kind: "exchange", service } } : refused(refusal(400, "no query is expected here"));
}

function advertisement(method: string | undefined, repo: string, query: string | null): Located {
  if (method !== "GET") return refused(refusal(405, "a GET is expected here"));
  if (query === null) return refused(refusal(403, "the old HTTP protocol is not served: use git 1.6.6 or later"));
  const name = /^service=([a-z-]{1,40})$/.exec(query)?.[1];
  if (name === undefined) return refused(refusal(400, "which service is asked for?"));
  const service = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  return service === undefined ? refused(otherRefusal(name)) : { ok: true, target: { repo, kind: "advertise", service } };
}

function otherRefusal(what: string): HttpRefusal {
  return what === "git-upload-archive"
    ? refusal(403, "git archive is not served: clone or fetch, and archive from there")
    : refusal(403, "only fetch and push over smart HTTP are served here");
}

function isTraversal(path: string): boolean {
  return path.split("/").some((part, index) => (index > 0 && part === "") || /^\.+$/.test(part));
}

function refused(why: HttpRefusal): Located {
  return { ok: false, refusal: why };
}
