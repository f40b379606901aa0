import { createContext, useContext } from "react";
import type { EffectiveValue, ManifestKind, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import type { DraftState, ManifestDraft } from "../editor/draft.ts";
import type { Json, Path } from "../editor/json-path.ts";
import { changeTo, valueAt } from "../editor/json-path.ts";
import { unsetWords } from "../editor/origin.ts";
import type { FieldProblem } from "../editor/placed-problems.ts";
import { problemAtPath } from "../editor/placed-problems.ts";
import type { OutlineEntry } from "../source/frontmatter-outline.ts";
import { lineOf } from "../source/frontmatter-outline.ts";
import type { KnownNames } from "../source/suggestions.ts";

/** What every field of the form needs to know of the file it belongs to. */
export interface FormScope {
  readonly kind: ManifestKind;
  readonly name: string;
  readonly draft: ManifestDraft;
  readonly state: DraftState;
  readonly outline: readonly OutlineEntry[];
  readonly problems: readonly FieldProblem[];
  readonly effective: readonly EffectiveValue[];
  readonly names: KnownNames;
  /** Nothing can be changed: the file belongs to a workspace, or its text cannot be read now. */
  readonly inert: boolean;
  /** Shows a line in the source. */
  readonly jump: (line: number) => void;
}

export const FormContext = createContext<FormScope | null>(null);

export function useForm(): FormScope {
  const scope = useContext(FormContext);
  if (!scope) throw new Error("a form field outside of a form");
  return scope;
}

export interface FieldState {
  readonly value: Json | undefined;
  readonly set: (value: Json | undefined) => void;
  readonly problem: PlacedProblem | null;
  /** What holds while nothing is written here, in words. */
  readonly unset: string | null;
  readonly line: number;
  readonly inert: boolean;
  readonly jump: () => void;
}

/** One key of the frontmatter. */
export function useFieldState(path: Path, below = false): FieldState {
  const { draft, state, outline, problems, effective, inert, jump } = useForm();
  const line = lineOf(outline, path);
  return {
    value: valueAt(state.frontmatter, path),
    set: (value) => draft.change(changeTo(state.frontmatter, path, value)),
    problem: problemAtPath(problems, path, below),
    // Routes are numbered after the provider's there.
    unset: path[0] === "egress" ? null : unsetWords(effective, path, state.saved.file),
    line,
    inert,
    jump: () => jump(line),
  };
}
