import { z } from "zod";
import type { MethodInput } from "#common/ipc/contract.ts";

/** What had been typed into a file when the window went away, and the file it was typed into. */
const KeptDraft = z.object({ source: z.string().max(256 * 1024), digest: z.string() });
export type KeptDraft = z.infer<typeof KeptDraft>;

type Ref = MethodInput<"manifests.read">;

function keyOf({ kind, name, workspace }: Ref): string {
  return `bot-bottle.draft ${kind} ${name} ${workspace ?? ""}`;
}

/** Unsaved text outlives the window, a crash included; it goes when it is saved or discarded. */
export function keptDraft(storage: Storage, ref: Ref): KeptDraft | null {
  try {
    return KeptDraft.parse(JSON.parse(storage.getItem(keyOf(ref)) ?? "null"));
  } catch {
    return null;
  }
}

export function keepDraft(storage: Storage, ref: Ref, draft: KeptDraft | null): void {
  const kept = KeptDraft.nullable().safeParse(draft).data ?? null;
  if (kept) storage.setItem(keyOf(ref), JSON.stringify(kept));
  else storage.removeItem(keyOf(ref));
}
