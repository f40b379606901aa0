import type { ReactNode } from "react";
import { useId } from "react";

/** A titled box; a region of its own for screen readers. */
export function Card({ title, aside, children }: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="shrink-0 overflow-hidden rounded-lg border border-line bg-panel">
      <header className="flex min-h-9 items-center gap-2.5 border-b border-line px-3">
        <h2 id={id} className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 py-1">
          {title}
        </h2>
        {aside ? <div className="ml-auto flex items-center gap-2">{aside}</div> : null}
      </header>
      {children}
    </section>
  );
}
