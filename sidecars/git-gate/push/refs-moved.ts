import type { RefUpdate } from "#common/domain/git.ts";
import { inertLine } from "../inert-line.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { isZero } from "../upstream/forward.ts";
import type { Refusal } from "./ref-rules.ts";

/** Why the mirror's refs are not what the push was made for; git would refuse it after it was forwarded. */
export async function refsMoved(mirror: Mirror, updates: readonly RefUpdate[]): Promise<Refusal | null> {
  const names = updates.map(({ ref }) => ref);
  const { code, stdout } = await mirror.git(["for-each-ref", "--format=%(objectname) %(refname)", "--", ...names]);
  const there = new Map(stdout.split("\n").map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]));
  const moved = updates.find(({ ref, old }) => (isZero(old) ? there.has(ref) : there.get(ref) !== old));
  if (code === 0 && moved === undefined) return null;
  const what = inertLine(moved?.ref ?? "a ref", 200);
  return { rule: "upstream-moved", reason: `${what} has moved upstream meanwhile: fetch, build upon it and push again` };
}
