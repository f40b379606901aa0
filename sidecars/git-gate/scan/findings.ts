import { createHash } from "node:crypto";
import type { PushFinding } from "#common/domain/git.ts";
import { REDACTED } from "./redaction.ts";
import type { ScanPlace } from "./scan-place.ts";

/** A secret and where it stands, still with the secret. */
export interface Sighting {
  readonly place: ScanPlace;
  readonly line: number | null;
  /** Path inside an archive; empty elsewhere. */
  readonly inner: string;
  readonly rule: string;
  readonly description: string;
  readonly match: string;
  readonly secret: string;
}

/** What is new among the sightings, without the secrets, in the order of the push. */
export function tellFindings(sightings: readonly Sighting[], redact: (text: string) => string): readonly PushFinding[] {
  const before = new Set(sightings.filter(({ place }) => place.before).map(sameSecret));
  const told = new Map<string, PushFinding>();
  const seen = new Map<string, Set<string>>();
  for (const sighting of sightings) {
    if (sighting.place.before || before.has(sameSecret(sighting))) continue;
    const where = whereOf(sighting);
    // Windows overlap and archives are tried in two ways: the same secret there is the same finding.
    const secrets = seen.get(where) ?? new Set();
    if (secrets.has(sighting.secret)) continue;
    seen.set(where, secrets.add(sighting.secret));
    const fingerprint = createHash("sha256").update(`${where}\0${secrets.size}`).digest("hex");
    told.set(fingerprint, describe(sighting, fingerprint, redact));
  }
  return [...told.values()];
}

/** Commit, place, path, rule and line; commits are named by their content, so the same name is the same secret. */
function whereOf({ place, inner, rule, line }: Sighting): string {
  return [place.commit ?? "", place.place, place.path ?? "", inner, rule, line ?? ""].join("\0");
}

function sameSecret({ place, rule, secret }: Sighting): string {
  return [place.commit ?? "", place.path ?? "", rule, secret].join("\0");
}

function describe(sighting: Sighting, fingerprint: string, redact: (text: string) => string): PushFinding {
  const { place, inner, line, rule, description } = sighting;
  const path = place.path === null ? null : redact(inner === "" ? place.path : `${place.path}!${inner}`);
  return {
    fingerprint,
    rule,
    description: description.slice(0, 500),
    commit: place.commit,
    place: place.place,
    path: path?.slice(0, 4096) ?? null,
    line,
    excerpt: excerptOf(sighting, redact),
  };
}

/**
 * What stands before the secret on its line, as far as the rule looked at it: enough to recognise the place. A word that the secret
 * may have begun with is left out, and so is all that follows.
 */
function excerptOf({ match, secret }: Sighting, redact: (text: string) => string): string {
  const at = secret === "" ? -1 : match.indexOf(secret);
  const before = at === -1 ? "" : (match.slice(0, at).split("\n").at(-1) ?? "");
  const whole = before.replace(/[^\s=:;,"'`<>()[\]{}]+$/, "");
  return `${redact(whole)}${REDACTED}`.slice(-500);
}
