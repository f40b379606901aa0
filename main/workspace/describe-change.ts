import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";
import type { EntryState } from "./entry-state.ts";
import { sameContent, sameState } from "./entry-state.ts";
import type { HostEntry } from "./host-folder.ts";
import { selfRunning } from "./self-running.ts";
import type { TextBudget } from "./text-budget.ts";
import type { Hunk } from "./text-patch.ts";
import { countLines, textOf } from "./text-patch.ts";

/** A path that differs, with both sides as they were when it was compared. */
export interface ComparedPath {
  readonly path: string;
  readonly bottle: EntryState | null;
  readonly host: EntryState | null;
  readonly change: WorkspaceChange["change"];
  readonly kind: WorkspaceChange["kind"];
  readonly hunks: readonly Hunk[];
  /** Contents that are not text, or too large to be compared by lines. */
  readonly binary: boolean;
  readonly tooLarge: boolean;
  readonly conflict: boolean;
  readonly refused: string | null;
  readonly warnings: readonly string[];
  /** The name under which the bottle told the content, where that is another. */
  readonly contentOf: string;
}

export interface Sides {
  readonly path: string;
  readonly recorded: EntryState | null;
  readonly bottle: EntryState | null;
  readonly bottleContent: Buffer | null;
  readonly contentOf: string;
  readonly host: HostEntry;
  readonly refused: string | null;
}

/** Null where bringing it back would change nothing. */
export function describeChange(sides: Sides, budget: TextBudget): ComparedPath | null {
  const { path, recorded, bottle, host } = sides;
  const refused = sides.refused ?? host.blocked;
  if (refused === null && sameState(bottle, host.state)) return null;
  const change = changeOf(bottle, host.state);
  return {
    path,
    bottle,
    host: host.state,
    change,
    kind: (bottle ?? host.state ?? recorded)?.kind ?? "file",
    ...(refused === null ? contentsOf(sides, budget) : NOTHING),
    conflict: refused === null && !sameState(recorded, host.state),
    refused,
    warnings: selfRunning(path, bottle, host.state),
    contentOf: sides.contentOf,
  };
}

function changeOf(bottle: EntryState | null, host: EntryState | null): WorkspaceChange["change"] {
  if (bottle === null) return "removed";
  if (host === null) return "added";
  return sameContent(bottle, host) ? "mode" : "changed";
}

type Contents = Pick<ComparedPath, "hunks" | "binary" | "tooLarge">;

const NOTHING: Contents = { hunks: [], binary: false, tooLarge: false };

function contentsOf({ bottle, bottleContent, host }: Sides, budget: TextBudget): Contents {
  if (sameContent(bottle, host.state)) return NOTHING;
  const before = contentOf(host.state, host.content);
  const after = contentOf(bottle, bottleContent);
  if (before === null || after === null) return { ...NOTHING, tooLarge: true };
  const [old, now] = [textOf(before), textOf(after)];
  if (old === null || now === null) return { ...NOTHING, binary: true };
  const hunks = budget.hunks(old, now);
  return hunks === null ? { ...NOTHING, tooLarge: true } : { ...NOTHING, hunks };
}

/** As git sees it: a link's content is its target. Null where it was too large to keep. */
function contentOf(state: EntryState | null, content: Buffer | null): Buffer | null {
  if (state === null || state.kind === "folder") return Buffer.alloc(0);
  return state.kind === "link" ? Buffer.from(state.target) : content;
}

/** What a window gets to see of it. */
export function shownChange(compared: ComparedPath, patch: { readonly text: string; readonly cut: boolean }): WorkspaceChange {
  const { path, change, kind, hunks, binary, tooLarge, conflict, refused, warnings } = compared;
  return {
    path,
    change,
    kind,
    added: countLines(hunks, "+"),
    removed: countLines(hunks, "-"),
    binary,
    patch: patch.text,
    cut: patch.cut || tooLarge,
    conflict,
    refused,
    warnings: [...warnings],
  };
}
