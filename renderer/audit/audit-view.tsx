import { useState } from "react";
import type { AuditEntry } from "#common/domain/audit.ts";
import { useCall } from "../bridge/use-call.ts";
import { DiffView } from "../proposals/diff-view.tsx";
import { formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Page } from "../ui/page.tsx";
import { Tag } from "../ui/tag.tsx";
import { changeWords } from "./change-words.ts";
import { filterAudit } from "./filter-audit.ts";

function Entry({ entry }: { entry: AuditEntry }) {
  return (
    <li className="border-b border-line">
      <details className="group">
        <summary className="flex list-none items-baseline gap-3 px-4 py-2 hover:bg-raised focus-visible:outline-offset-[-2px]">
          <span aria-hidden="true" className="w-2 text-faint group-open:rotate-90">
            ›
          </span>
          <span className="data shrink-0 text-sm text-faint">{formatMoment(entry.time)}</span>
          <span className="w-20 shrink-0">
            <Tag mono>{entry.component}</Tag>
          </span>
          <span className="w-44 shrink-0 truncate font-medium">
            <InertText text={entry.action} />
          </span>
          <span className="data w-44 shrink-0 truncate text-sm text-dim">{entry.slug}</span>
          <span className="min-w-0 grow truncate text-faint">
            <InertText text={[changeWords(entry), entry.note].filter(Boolean).join(" · ")} />
          </span>
          <span className="shrink-0 text-sm text-faint">by {entry.by}</span>
        </summary>
        <div className="flex flex-col gap-2 px-9 pb-3">
          {entry.before !== null || entry.after !== null ? (
            <div className="rounded-lg border border-line bg-panel">
              <DiffView before={entry.before ?? ""} after={entry.after ?? ""} label="Change" />
            </div>
          ) : null}
          <p className="data text-sm break-all text-faint">
            {entry.slug} line {entry.index} · {entry.subject} · hash {entry.hash.slice(0, 16)} after{" "}
            {entry.previous.slice(0, 16) || "the beginning"}
          </p>
        </div>
      </details>
    </li>
  );
}

/** Who decided what, when, with before and after (SUP-7). */
export function AuditView({ slug }: { slug: string | null }) {
  const { data, error } = useCall("audit.list", { slug, limit: 2000 });
  const [text, setText] = useState("");
  const entries = filterAudit(data ?? [], text);
  return (
    <Page
      title="Audit"
      aside={
        <input
          type="search"
          aria-label="Filter audit log"
          placeholder="Filter…"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="field w-64"
        />
      }
    >
      {error ? (
        <div className="p-4">
          <FailureNote error={error} />
        </div>
      ) : null}
      {data && entries.length === 0 ? (
        <EmptyState title={data.length > 0 ? "Nothing matches" : "Nothing recorded yet"}>
          Every decision is written here with what it changed. Each line carries the hash of the one before it, so that none can be taken
          out unnoticed.
        </EmptyState>
      ) : null}
      <ul>
        {entries.map((entry) => (
          <Entry key={`${entry.slug} ${entry.index}`} entry={entry} />
        ))}
      </ul>
    </Page>
  );
}
