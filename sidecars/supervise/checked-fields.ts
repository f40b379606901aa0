import { z } from "zod";
import { routeHost } from "#common/manifest/route-host.ts";

/** A field in canonical form, or one sentence on what to put right, which names the field. */
export type Checked<T> = { readonly value: T } | { readonly problem: string };

/** What became of a call's arguments. */
export type InputOutcome<R> =
  | { readonly ok: true; readonly request: R; readonly justification: string }
  /** One sentence for each thing to put right, each naming its field. */
  | { readonly ok: false; readonly problems: readonly string[] };

const MAX_JUSTIFICATION = 4000;

/** The agent's own words, kept as they are: whoever shows them makes them inert. */
export const Justification = z
  .string("must be a string")
  .max(MAX_JUSTIFICATION, `is longer than ${MAX_JUSTIFICATION} characters`)
  .describe("Why you need this for the task at hand: what you tried, what was refused, what you will do. A human reads it and decides.");

export const Host = z
  .string("must be a string such as api.example.org")
  .max(300, "is longer than a DNS name can be")
  .describe("The one host, e.g. `registry.example.org`. No scheme, port, path or wildcard; HTTPS on port 443 is implied.");

/** What no program shows: an agent that was handed such a name should look at where it got it from. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;

export function checkHost(text: string): Checked<string> {
  if (INVISIBLE.test(text.trim())) return { problem: "host: holds invisible characters; type the name anew" };
  const outcome = routeHost(text.trim());
  if (!outcome.ok) return { problem: `host: ${outcome.reason}` };
  // One label is a sidecar or a name that only the operator's network knows.
  if (!outcome.host.includes(".")) return { problem: "host: must be a full name with at least one dot, such as api.example.org" };
  return { value: outcome.host };
}

export function checkJustification(text: string): Checked<string> {
  return text.trim() === "" ? { problem: "justification: is empty; say why the task needs this" } : { value: text };
}

/** The problems among some fields. */
export function problemsOf(fields: readonly Checked<unknown>[]): string[] {
  return fields.flatMap((field) => ("problem" in field ? [field.problem] : []));
}

export function describeIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") return `${field || "arguments"}: ${issue.keys.map(quote).join(", ")} not known`.slice(0, 300);
  return `${field || "arguments"}: ${issue.message}`;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
