import { X } from "lucide-react";
import type { AuditEntry } from "#common/domain/audit.ts";
import { DiffView } from "../proposals/diff-view.tsx";
import { IconButton } from "../ui/button.tsx";
import { formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";

/** One entry whole: who, what, why, what changed, and its place in the chain. */
export function AuditDetail({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const changes = entry.before !== null || entry.after !== null;
  return (
    <section
      aria-label="Entry"
      className="flex max-h-[55%] shrink-0 flex-col gap-2 overflow-y-auto border-t border-line bg-panel px-4 py-3"
    >
      <header className="flex items-baseline gap-3">
        <h2 className="font-semibold">
          <InertText text={entry.action} />
        </h2>
        <Tag mono>{entry.component}</Tag>
        <span className="data text-sm text-dim">{entry.slug}</span>
        <span className="text-sm text-faint">
          {formatMoment(entry.time)} by <InertText text={entry.by} />
        </span>
        <span className="ml-auto">
          <IconButton label="Close entry" onClick={onClose}>
            <X size={14} aria-hidden="true" />
          </IconButton>
        </span>
      </header>
      {entry.note === "" ? null : (
        <p className="text-dim">
          <InertText text={entry.note} />
        </p>
      )}
      {changes ? (
        <div className="rounded-lg border border-line bg-ground">
          <DiffView before={entry.before ?? ""} after={entry.after ?? ""} label="Change" />
        </div>
      ) : null}
      <p className="data text-sm break-all text-faint">
        entry {entry.index} · <InertText text={entry.subject} /> · hash {entry.hash.slice(0, 16)} after {entry.previous.slice(0, 16)}
      </p>
    </section>
  );
}
