import type { ReactNode } from "react";

/** A view that fills the main area under a heading. */
export function Page({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <header className="flex min-h-11 shrink-0 items-center gap-3 border-b border-line px-4">
        <h1 className="text-lg font-semibold">{title}</h1>
        <div className="ml-auto flex items-center gap-2">{aside}</div>
      </header>
      <div className="min-h-0 grow overflow-y-auto">{children}</div>
    </main>
  );
}
