import type { ReactNode } from "react";
import { useId, useState } from "react";
import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { InertText } from "../../ui/inert-text.tsx";
import { visibleString } from "../../ui/visible-text.ts";

export interface ControlProps {
  id: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
  disabled: boolean;
}

interface FieldProps {
  label: string;
  /** The control is a group with a name of its own. */
  group?: boolean;
  hint?: ReactNode;
  problem: PlacedProblem | null;
  inert: boolean;
  children: (props: ControlProps) => ReactNode;
}

/** A labelled control with what is wrong with it, or what it means, below. */
export function Field({ label, group = false, hint, problem, inert, children }: FieldProps) {
  const id = useId();
  const tone = problem ? (problem.severity === "error" ? "text-bad" : "text-warn") : "text-faint";
  return (
    <div className="grid grid-cols-[6.25rem_minmax(0,1fr)] gap-x-2.5">
      {group ? (
        <span aria-hidden="true" className="pt-1.5 text-dim">
          {label}
        </span>
      ) : (
        <label htmlFor={id} className="pt-1.5 text-dim">
          {label}
        </label>
      )}
      <div className="min-w-0">
        {children({ id, "aria-describedby": `${id}-note`, "aria-invalid": problem?.severity === "error", disabled: inert })}
        <p id={`${id}-note`} className={`min-h-4.5 pt-0.5 text-sm break-words ${tone}`}>
          {problem ? <InertText text={problem.message} /> : hint}
        </p>
      </div>
    </div>
  );
}

/**
 * Text as it is being typed, which need not be what is written yet; the written text again once the field is left. An emptied
 * field takes its key away only when it is left: the key would lose its place and comment while a new value is typed.
 */
export function useTypedText(written: string, commit: (text: string) => void) {
  const [typed, setTyped] = useState<string | null>(null);
  return {
    value: typed ?? written,
    onChange: (event: { target: { value: string } }) => {
      setTyped(event.target.value);
      if (event.target.value.trim() !== "") commit(event.target.value);
    },
    onBlur: () => {
      if (typed !== null && typed.trim() === "" && written !== "") commit("");
      setTyped(null);
    },
  };
}

/** Stands where a field cannot show what the file says, so that nothing is dropped by editing beside it. */
export function InSourceOnly({ what, line, jump }: { what: string; line: number; jump: () => void }) {
  return (
    <button
      type="button"
      onClick={jump}
      className="w-full rounded-md border border-dashed border-edge px-2 py-1 text-left text-dim hover:border-accent hover:text-text"
    >
      {visibleString(what)} <span className="data text-sm text-accent">line {line}</span>
    </button>
  );
}

/** What kind of thing a value is where another was expected. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "empty";
  return typeof value === "object" ? "a map" : typeof value === "string" ? "text" : `${String(value)}`;
}
