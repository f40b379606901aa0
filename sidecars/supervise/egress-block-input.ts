import { z } from "zod";
import { FreeTokenRef } from "#common/domain/names.ts";
import type { EgressRequest } from "#common/domain/proposal.ts";
import { pathProblem } from "#common/domain/request-target.ts";
import { AuthScheme, HttpMethod } from "#common/domain/route.ts";
import { pathPrefixFault } from "#common/manifest/path-prefix.ts";
import type { Checked, InputOutcome } from "./checked-fields.ts";
import { checkHost, checkJustification, describeIssue, Host, Justification, problemsOf, quote } from "./checked-fields.ts";

const MAX_PATHS = 50;
const MAX_PATHS_CHARACTERS = 8192;
const MAX_METHODS = 20;

/** What `egress-block` takes, described for the agent that fills it in. The messages say what to put right (SUP-3). */
export const EgressBlockInput = z.strictObject({
  host: Host,
  path_allowlist: z
    .array(z.string("must be a string").max(2048, "is longer than 2048 characters"), "must be a list of paths")
    .max(MAX_PATHS, `lists more than ${MAX_PATHS} paths: name prefixes that cover them`)
    .nullish()
    .describe(
      "Path prefixes you need, e.g. [`/v2/`, `/token`]. Leave it out only when every path is needed; narrow requests are approved sooner.",
    ),
  methods: z
    .array(z.string("must be a string").max(32, "is longer than 32 characters"), "must be a list of HTTP methods")
    .max(MAX_METHODS, `lists more than ${MAX_METHODS} methods`)
    .nullish()
    .describe("HTTP methods you need, e.g. [`GET`]. Leave it out only when every method is needed."),
  auth: z
    .strictObject(
      {
        scheme: z.string().describe("`Bearer` or `token`: the word before the credential in the Authorization header."),
        token_ref: z.string().describe("NAME of a secret the operator keeps, e.g. `GITHUB_TOKEN`. Never a credential itself."),
      },
      "must hold scheme and token_ref",
    )
    .nullish()
    .describe("Only when the host needs a credential: the proxy adds it to your requests, you never see it."),
  justification: Justification,
});
type EgressBlockInput = z.infer<typeof EgressBlockInput>;

/** A request in canonical form out of what an agent sent, or everything that is wrong with it at once. */
export function readEgressBlock(args: unknown): InputOutcome<EgressRequest> {
  const parsed = EgressBlockInput.safeParse(args);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(describeIssue) };
  const input = parsed.data;
  const host = checkHost(input.host);
  const methods = checkMethods(input.methods ?? null);
  const paths = checkPaths(input.path_allowlist ?? []);
  const auth = checkAuth(input.auth ?? null);
  const justification = checkJustification(input.justification);
  if ("value" in host && "value" in methods && "value" in paths && "value" in auth && "value" in justification) {
    const request = {
      kind: "egress-route",
      host: host.value,
      methods: methods.value,
      pathAllowlist: paths.value,
      auth: auth.value,
    } as const;
    return { ok: true, request, justification: justification.value };
  }
  return { ok: false, problems: problemsOf([host, methods, paths, auth, justification]) };
}

function checkMethods(methods: readonly string[] | null): Checked<EgressRequest["methods"]> {
  if (methods === null || methods.length === 0) return { value: null };
  const upper = [...new Set(methods.map((method) => method.trim().toUpperCase()))].sort();
  const bad = upper.find((method) => !HttpMethod.safeParse(method).success);
  return bad === undefined ? { value: upper } : { problem: `methods: ${quote(bad)} cannot be allowed; use names such as GET or POST` };
}

function checkPaths(paths: readonly string[]): Checked<string[]> {
  if (paths.join("").length > MAX_PATHS_CHARACTERS)
    return { problem: "path_allowlist: is too long in all: name prefixes that cover the paths" };
  for (const path of paths) {
    const problem = prefixProblem(path);
    if (problem !== null) return { problem: `path_allowlist: ${quote(path)} cannot be used: ${problem}` };
  }
  return { value: [...new Set(paths)].sort() };
}

function prefixProblem(path: string): string | null {
  if (!path.startsWith("/")) return "it must start with /";
  if (path.includes("*")) return "wildcards are not known; a prefix such as /api/ covers everything below it";
  if (/[?#]/.test(path)) return "it must be a path without query or fragment";
  if (!/^[\x21-\x7e]+$/.test(path)) return "it holds spaces or characters that must be percent-encoded";
  const problem = pathProblem(path);
  if (problem !== null) return problem;
  // The operator's side checks by this: what it would refuse is not worth anybody's waiting.
  const fault = pathPrefixFault(path);
  return fault === null ? null : `it ${fault}`;
}

function checkAuth(auth: EgressBlockInput["auth"] | null): Checked<EgressRequest["auth"]> {
  if (auth === null || auth === undefined) return { value: null };
  const scheme = AuthScheme.options.find((known) => known.toLowerCase() === auth.scheme.trim().toLowerCase());
  if (scheme === undefined) return { problem: "auth.scheme: must be Bearer or token" };
  // The value is not repeated: an agent that mistook the field may have put a credential there.
  const tokenRef = FreeTokenRef.safeParse(auth.token_ref);
  return tokenRef.success
    ? { value: { scheme, tokenRef: tokenRef.data } }
    : { problem: "auth.token_ref: must be the NAME of a secret such as GITHUB_TOKEN (letters, digits, _), not the secret itself" };
}
