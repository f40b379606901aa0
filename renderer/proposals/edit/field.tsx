import type { ReactNode } from "react";
import { useId } from "react";

interface FieldProps {
  label: string;
  hint?: string;
  problem: string | undefined;
  children: (props: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}

/** A named control with what it wants, or what is wrong, below it. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[7.5rem_minmax(0,1fr)] gap-x-3">
      <label htmlFor={id} className="pt-1.5 text-dim">
        {label}
      </label>
      <div>
        {children({ id, "aria-describedby": `${id}-note`, "aria-invalid": problem !== undefined })}
        <p id={`${id}-note`} className={`min-h-4.5 pt-0.5 text-sm ${problem ? "text-bad" : "text-faint"}`}>
          {problem ?? hint}
        </p>
      </div>
    </div>
  );
}
