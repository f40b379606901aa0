import { useCallback, useRef, useState } from "react";
import { AuditEntry } from "#common/domain/audit.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { AuditDetail } from "./audit-detail.tsx";
import { AuditList, entryKey } from "./audit-list.tsx";
import { useAudit } from "./use-audit.ts";
import { VerifyResult } from "./verify-result.tsx";

type Component = AuditEntry["component"];
const components = AuditEntry.shape.component.options;

/** Who decided what, when, with before and after: searched, verified, exported (SUP-7). */
export function AuditView({ slug }: { slug: string | null }) {
  const [text, setText] = useState("");
  const [component, setComponent] = useState<Component | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const { query, entries, total } = useAudit({ text, slug, component });
  const verify = useAction("audit.verify");
  const exporting = useAction("audit.export");
  const { fetchNextPage } = query;
  const onEnd = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  const shown = entries.find((entry) => entryKey(entry) === selected);
  const filtered = text.trim() !== "" || component !== null;
  return (
    <main className="flex min-h-0 min-w-0 flex-col [grid-area:main]">
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
        <h1 className="text-lg font-semibold">Audit</h1>
        {slug === null ? null : <span className="data text-sm text-dim">{slug}</span>}
        <p role="status" className="text-sm text-faint">
          {query.data ? plural(total, "entry", "entries") : ""}
        </p>
        <div className="ml-auto flex items-center gap-2">
          <input
            ref={search}
            type="search"
            aria-label="Search the audit log"
            aria-keyshortcuts="/"
            placeholder="Search: host, who, note…  /"
            value={text}
            maxLength={200}
            onChange={(event) => setText(event.target.value)}
            className="field w-64"
          />
          <select
            aria-label="Part"
            value={component ?? ""}
            onChange={(event) => setComponent(AuditEntry.shape.component.safeParse(event.target.value).data ?? null)}
            className="field w-32"
          >
            <option value="">every part</option>
            {components.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
          <Button onClick={() => verify.mutate({ slug })} disabled={verify.isPending}>
            {verify.isPending ? "Verifying…" : "Verify"}
          </Button>
          <Button onClick={() => exporting.mutate({ slug, format: "jsonl" })} disabled={exporting.isPending}>
            Export
          </Button>
          <Button onClick={() => exporting.mutate({ slug, format: "csv" })} disabled={exporting.isPending}>
            Export CSV
          </Button>
        </div>
      </header>
      {verify.data ? <VerifyResult verdicts={verify.data} /> : null}
      {exporting.data ? (
        <p role="status" className="px-4 py-2 text-dim">
          {plural(exporting.data.entries, "entry", "entries")} written to <span className="data break-all">{exporting.data.file}</span>
        </p>
      ) : null}
      {[query.error, verify.error, exporting.error].map((error) =>
        error ? (
          <div key={error.message} className="px-4 py-2">
            <FailureNote error={error} />
          </div>
        ) : null,
      )}
      {query.data && total === 0 ? (
        <EmptyState title={filtered ? "Nothing matches" : "Nothing recorded yet"}>
          Every decision is written here with what it changed. Each entry carries the hash of the one before it, so that none can be changed
          or taken out unnoticed.
        </EmptyState>
      ) : (
        <AuditList entries={entries} total={total} selected={selected} onSelect={setSelected} onEnd={onEnd} />
      )}
      {shown ? <AuditDetail entry={shown} onClose={() => setSelected(null)} /> : null}
    </main>
  );
}
