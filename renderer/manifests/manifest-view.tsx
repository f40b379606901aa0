import { lazy, Suspense } from "react";
import type { View } from "../app/location.ts";
import { hrefOf } from "../app/location.ts";
import { useCall } from "../bridge/use-call.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";

/** With CodeMirror inside, so it is loaded when a file is opened and not when the panel is. */
const ManifestEditor = lazy(async () => ({ default: (await import("./editor/manifest-editor.tsx")).ManifestEditor }));

function Opening() {
  return (
    <main aria-busy="true" className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <h1 className="flex h-11 items-center border-b border-line px-4 text-faint">Opening…</h1>
    </main>
  );
}

/** One manifest, opened. */
export function ManifestView({ view }: { view: Extract<View, { name: "manifest" }> }) {
  const { kind, manifest: name, workspace } = view;
  const { data, error } = useCall("manifests.read", { kind, name, workspace });
  if (error)
    return (
      <main className="min-h-0 overflow-y-auto [grid-area:main]">
        <EmptyState main title={`${name} cannot be opened`}>
          <FailureNote error={error} />
          <a href={hrefOf({ name: "manifests" })} className="mt-3 inline-block underline underline-offset-2 hover:text-text">
            All manifests
          </a>
        </EmptyState>
      </main>
    );
  if (!data) return <Opening />;
  return (
    <Suspense fallback={<Opening />}>
      <ManifestEditor key={`${kind} ${name} ${workspace}`} file={data} line={view.line} />
    </Suspense>
  );
}
