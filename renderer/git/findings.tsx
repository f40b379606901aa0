import type { ReactNode } from "react";
import type { PushFinding } from "#common/domain/git.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";

/** Where a finding stands: `src/config.ts:12`, or the message that carries it. */
export function findingPlace(finding: PushFinding): string {
  if (finding.place !== "file")
    return { message: "commit message", author: "author or committer", tag: "tag message", ref: "name of a branch or tag" }[finding.place];
  return finding.line === null ? (finding.path ?? "a file") : `${finding.path ?? "a file"}:${finding.line}`;
}

/** One thing the scanner saw, without the secret. */
export function FindingLine({ finding, children }: { finding: PushFinding; children?: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <Tag tone="bad" mono>
          {finding.rule}
        </Tag>
        <span className="data min-w-0 break-all">
          <InertText text={findingPlace(finding)} />
        </span>
        {finding.commit ? <span className="data text-sm text-faint">{finding.commit.slice(0, 10)}</span> : null}
        {children}
      </span>
      <span className="text-sm text-dim">{finding.description}</span>
      {finding.excerpt === "" ? null : (
        <code className="data rounded-sm bg-raised px-1.5 py-0.5 text-sm break-all whitespace-pre-wrap text-dim">
          <InertText text={finding.excerpt} />
        </code>
      )}
    </div>
  );
}
