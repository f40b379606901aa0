import { Play } from "lucide-react";
import type { ManifestFile } from "#common/ipc/manifest-methods.ts";
import { hrefOf, manifestView } from "../app/location.ts";
import { useOverlays } from "../app/overlays.tsx";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Shape } from "../ui/shape.tsx";
import { Tag } from "../ui/tag.tsx";
import { ManifestMenu } from "./manifest-menu.tsx";
import { ProblemLines } from "./problem-lines.tsx";
import { Relations } from "./relations.tsx";

export interface RowActions {
  onDuplicate: (manifest: ManifestFile) => void;
  onDelete: (manifest: ManifestFile) => void;
}

function state({ problems }: ManifestFile) {
  if (problems.some(({ severity }) => severity === "error")) return { shape: "failed", word: "has errors" } as const;
  return problems.length > 0 ? ({ shape: "needs-you", word: "has warnings" } as const) : ({ shape: "running", word: "usable" } as const);
}

/** One file: what it is, what it rests on, what is wrong with it. */
export function ManifestRow({ manifest, onDuplicate, onDelete }: { manifest: ManifestFile } & RowActions) {
  const { kind, name, workspace, file, summary, provider, routes, writable, problems, overridden } = manifest;
  const { show } = useOverlays();
  const { shape, word } = state(manifest);
  const usable = shape !== "failed";
  return (
    <>
      <div className="flex items-start gap-2.5">
        <span className="flex h-5 items-center">
          <Shape status={shape} />
          <span className="sr-only">{word}: </span>
        </span>
        <div className="min-w-0 grow">
          <div className="flex min-h-5 flex-wrap items-baseline gap-x-2.5">
            <a
              href={hrefOf(manifestView(kind, name, workspace))}
              data-manifest
              className="data rounded-sm font-medium underline-offset-2 hover:underline"
            >
              {name}
            </a>
            <span className="text-sm text-faint">{kind}</span>
            <Relations manifest={manifest} />
            {overridden ? <Tag tone="warn">replaced by the workspace's</Tag> : null}
          </div>
          <p className="flex min-w-0 items-baseline gap-2.5 text-sm">
            {summary ? (
              <span className="min-w-0 truncate text-dim">
                <InertText text={summary} />
              </span>
            ) : null}
            <span className="data shrink-0 truncate text-faint" title={file}>
              {file}
            </span>
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          {provider ? <Tag>{provider}</Tag> : null}
          {kind === "bottle" && routes !== null ? <span className="text-sm text-faint">{plural(routes, "route")}</span> : null}
          {workspace === null ? null : <Tag tone="accent">workspace</Tag>}
          {kind === "agent" && usable && workspace === null ? (
            <Button
              aria-label={`Start ${name}…`}
              icon={<Play size={12} aria-hidden="true" />}
              onClick={() => show({ name: "start", agent: name })}
            >
              Start…
            </Button>
          ) : null}
          <ManifestMenu name={name} writable={writable} onDuplicate={() => onDuplicate(manifest)} onDelete={() => onDelete(manifest)} />
        </div>
      </div>
      {problems.length > 0 ? (
        <ul aria-label={`Problems of ${name}`} className="flex flex-col gap-2 pt-1.5 pb-1 pl-5">
          {problems.map((problem) => (
            <li key={`${problem.line} ${problem.column} ${problem.message}`}>
              <a
                href={hrefOf(manifestView(kind, name, workspace, problem.line))}
                className="block rounded-md border border-line bg-panel px-2.5 py-1.5 hover:border-edge"
              >
                <ProblemLines problem={problem} place={`${problem.file}:${problem.line}`} />
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
