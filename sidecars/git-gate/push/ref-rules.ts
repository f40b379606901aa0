import type { GateRepo, PushRule, RefUpdate } from "#common/domain/git.ts";
import { inertLine } from "../inert-line.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { RefCommand } from "../protocol/receive-request.ts";
import { isZero } from "../upstream/forward.ts";

export interface Refusal {
  readonly rule: PushRule;
  readonly reason: string;
}

export type Classified = { readonly ok: true; readonly updates: readonly RefUpdate[] } | ({ readonly ok: false } & Refusal);

/** What git itself would refuse as a name, and what could be read as something else on a terminal. */
const BAD_NAME = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/u;
const MAX_NAME = 1000;

/** What each command of a push is, or the first rule that one of them breaks: then none is done. */
export async function classify(
  mirror: Mirror,
  env: Readonly<Record<string, string>>,
  commands: readonly RefCommand[],
): Promise<Classified> {
  const named = nameProblem(commands) ?? deletionProblem(mirror.repo, commands);
  if (named !== null) return { ok: false, ...named };
  const wrong = await tipProblem(mirror, env, commands);
  if (wrong !== null) return { ok: false, ...wrong };
  const updates: RefUpdate[] = [];
  for (const command of commands) updates.push({ ...command, kind: await kindOf(mirror, env, command) });
  const forced = mirror.repo.allowForce ? undefined : updates.find(({ kind }) => kind === "force");
  if (forced === undefined) return { ok: true, updates };
  return { ok: false, ...forceRefusal(forced) };
}

function forceRefusal({ ref }: RefUpdate): Refusal {
  const what = ref.startsWith("refs/tags/") ? "moves a tag" : "does not build upon what is there";
  return {
    rule: "force-not-allowed",
    reason: `the push of ${shown(ref)} ${what}, and this bottle may not force: fetch, build upon it and push again, or push another name`,
  };
}

function nameProblem(commands: readonly RefCommand[]): Refusal | null {
  const names = new Set<string>();
  for (const { ref } of commands) {
    if (!/^refs\/(?:heads|tags)\/[^/]/.test(ref))
      return refNotAllowed(ref, "only branches and tags (refs/heads/… and refs/tags/…) can be pushed");
    if (BAD_NAME.test(ref) || ref.length > MAX_NAME) return refNotAllowed(ref, "its name is not one that git takes");
    if (names.has(ref)) return refNotAllowed(ref, "it is there twice");
    names.add(ref);
  }
  // One would have to be a folder and a file at once, which the upstream may take and the mirror cannot.
  const inside = commands.find(({ ref }) => parentsOf(ref).some((parent) => names.has(parent)));
  return inside === undefined ? null : refNotAllowed(inside.ref, "another ref of the push is a part of its name");
}

function deletionProblem(repo: GateRepo, commands: readonly RefCommand[]): Refusal | null {
  const deletion = commands.find((command) => isZero(command.new));
  if (deletion === undefined) return null;
  if (isZero(deletion.old)) return refNotAllowed(deletion.ref, "it is not there, so it cannot be deleted");
  if (repo.allowDelete) return null;
  return {
    rule: "delete-not-allowed",
    reason: `deleting ${shown(deletion.ref)} is not allowed for this bottle: leave it, or ask the operator`,
  };
}

/** A branch or tag that ends anywhere but at a commit could carry what no walk over commits shows the scanner. */
async function tipProblem(mirror: Mirror, env: Readonly<Record<string, string>>, commands: readonly RefCommand[]): Promise<Refusal | null> {
  const tips = commands.filter((command) => !isZero(command.new));
  if (tips.length === 0) return null;
  const input = tips.map((command) => `${command.new}\n${command.new}^{}\n`).join("");
  const { code, stdout } = await mirror.git(["cat-file", "--batch-check=%(objecttype)", "--buffer"], { env, input });
  const types = stdout.split("\n");
  for (const [index, { ref }] of tips.entries()) {
    const [type, peeled] = [types[2 * index], types[2 * index + 1]];
    if (code !== 0 || peeled === undefined || type === undefined)
      return { rule: "object-check", reason: `${shown(ref)} could not be looked at` };
    if (peeled !== "commit") return refNotAllowed(ref, "it does not lead to a commit");
    if (ref.startsWith("refs/heads/") && type !== "commit") return refNotAllowed(ref, "a branch must be a commit");
  }
  return null;
}

async function kindOf(mirror: Mirror, env: Readonly<Record<string, string>>, command: RefCommand): Promise<RefUpdate["kind"]> {
  if (isZero(command.new)) return "delete";
  if (isZero(command.old)) return "create";
  if (command.ref.startsWith("refs/tags/")) return "force";
  const { code } = await mirror.git(["merge-base", "--is-ancestor", command.old, command.new], { env });
  return code === 0 ? "update" : "force";
}

function parentsOf(ref: string): string[] {
  const parts = ref.split("/");
  return parts.slice(3).map((_, index) => parts.slice(0, index + 3).join("/"));
}

function refNotAllowed(ref: string, why: string): Refusal {
  return { rule: "ref-not-allowed", reason: `${shown(ref)} cannot be pushed: ${why}` };
}

function shown(ref: string): string {
  return inertLine(ref, 200);
}
