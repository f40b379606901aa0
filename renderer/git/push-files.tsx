import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { PushFile, PushFinding } from "#common/domain/git.ts";
import { Card } from "../ui/card.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { PatchView } from "../ui/patch-view.tsx";
import { Tag } from "../ui/tag.tsx";
import { visibleString } from "../ui/visible-text.ts";
import { FindingLine } from "./findings.tsx";

const changeTones = { added: "ok", changed: "plain", removed: "bad", renamed: "accent" } as const;

/** Findings of one file by the line they stand on. */
export function findingsByLine(findings: readonly PushFinding[], path: string): Map<number, PushFinding[]> {
  const lines = new Map<number, PushFinding[]>();
  for (const finding of findings) {
    if (finding.path !== path || finding.line === null) continue;
    lines.set(finding.line, [...(lines.get(finding.line) ?? []), finding]);
  }
  return lines;
}

function marksOf(findings: readonly PushFinding[], path: string): Map<number, ReactNode> {
  const marks = new Map<number, ReactNode>();
  for (const [line, found] of findingsByLine(findings, path)) {
    marks.set(
      line,
      <div className="flex flex-col gap-1 rounded-md border border-bad/50 bg-ground px-2 py-1 font-sans">
        {found.map((finding) => (
          <FindingLine key={finding.fingerprint} finding={finding} />
        ))}
      </div>,
    );
  }
  return marks;
}

function FilePatch({ file, findings }: { file: PushFile; findings: readonly PushFinding[] }) {
  const here = findings.filter((finding) => finding.path === file.path).length;
  const name = visibleString(file.path);
  return (
    <details open={here > 0 || file.added + file.removed <= 200} className="group border-b border-line last:border-b-0">
      <summary className="flex min-h-8 cursor-default items-center gap-2 px-3 select-none hover:bg-raised focus-visible:outline-offset-[-2px]">
        <ChevronRight size={13} aria-hidden="true" className="shrink-0 text-faint transition-transform group-open:rotate-90" />
        <span className="data min-w-0 truncate" title={name}>
          {file.oldPath === null ? null : <InertText text={`${file.oldPath} → `} />}
          <InertText text={file.path} />
        </span>
        <Tag tone={changeTones[file.change]}>{file.change}</Tag>
        {here > 0 ? <Tag tone="bad">{plural(here, "finding")}</Tag> : null}
        <span className="data ml-auto shrink-0 text-sm">
          {file.binary ? <span className="text-faint">binary</span> : <Counts file={file} />}
        </span>
      </summary>
      {file.binary ? (
        <p className="px-3 pb-2 text-faint">A binary file: its content cannot be shown here. The scan looked into it as far as it can.</p>
      ) : (
        <PatchView patch={file.patch} label={`Change of ${name}`} marks={marksOf(findings, file.path)} />
      )}
      {file.cut ? <p className="px-3 pb-2 text-sm text-warn">The change goes on: only its beginning is shown.</p> : null}
    </details>
  );
}

function Counts({ file }: { file: PushFile }) {
  return (
    <>
      <span className="text-ok">+{file.added}</span> <span className="text-bad">−{file.removed}</span>
    </>
  );
}

/** What a held push changes, file by file, with what was found on the lines it stands on. */
export function PushFiles({ files, cut, findings }: { files: readonly PushFile[]; cut: boolean; findings: readonly PushFinding[] }) {
  return (
    <Card title={files.length === 0 ? "No file changes" : plural(files.length, "changed file")}>
      {files.map((file) => (
        <FilePatch key={`${file.oldPath ?? ""} ${file.path}`} file={file} findings={findings} />
      ))}
      {cut ? (
        <p className="border-t border-line px-3 py-2 text-warn">
          This push changes more than can be shown. Fetch it elsewhere to read the rest, or refuse it and ask for smaller pushes.
        </p>
      ) : null}
    </Card>
  );
}
