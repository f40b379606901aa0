import type { ReactNode } from "react";
import { useId } from "react";
import { InertText } from "../../ui/inert-text.tsx";
import type { Path } from "../editor/json-path.ts";
import { useFieldState } from "./form-scope.ts";

interface FormSectionProps {
  title: string;
  /** Whose problems belong to the section as a whole. */
  path?: Path;
  aside?: ReactNode;
  children: ReactNode;
}

function SectionProblem({ path }: { path: Path }) {
  const { problem } = useFieldState(path);
  if (!problem) return null;
  return (
    <p className={`pb-1.5 text-sm ${problem.severity === "error" ? "text-bad" : "text-warn"}`}>
      <InertText text={problem.message} />
    </p>
  );
}

/** A part of the form under a heading. */
export function FormSection({ title, path, aside, children }: FormSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-b border-line px-4 pt-3 pb-2.5 last:border-b-0">
      <header className="flex min-h-7 items-center pb-1.5">
        <h2 id={id} className="font-medium">
          {title}
        </h2>
        <div className="ml-auto flex items-center gap-2">{aside}</div>
      </header>
      {path ? <SectionProblem path={path} /> : null}
      {children}
    </section>
  );
}
