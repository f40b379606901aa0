import { lazy, Suspense } from "react";
import type { View } from "../app/location.ts";
import { hrefOf } from "../app/location.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { useOpenedManifest } from "./use-manifests.ts";

type ManifestAddress = Extract<View, { name: "manifest" }>;

/** With CodeMirror inside, so it is loaded when a file is opened and not when the panel is. */
const ManifestEditor = lazy(async () => ({ default: (await import("./editor/manifest-editor.tsx")).ManifestEditor }));

function Opening() {
  return (
    <main aria-busy="true" className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <h1 className="flex h-11 items-center border-b border-line px-4 text-faint">Opening…</h1>
    </main>
  );
}

function NotOpened({ name, error }: { name: string; error: Error }) {
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
}

function OpenedManifest({ view }: { view: ManifestAddress }) {
  const { file, error } = useOpenedManifest({ kind: view.kind, name: view.manifest, workspace: view.workspace });
  if (error) return <NotOpened name={view.manifest} error={error} />;
  if (!file) return <Opening />;
  return (
    <Suspense fallback={<Opening />}>
      <ManifestEditor file={file} line={view.line} />
    </Suspense>
  );
}

/** One manifest, opened. */
export function ManifestView({ view }: { view: ManifestAddress }) {
  return <OpenedManifest key={`${view.kind} ${view.manifest} ${view.workspace}`} view={view} />;
}
