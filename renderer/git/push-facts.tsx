import type { PushCommit, PushRecord } from "#common/domain/git.ts";
import { Card } from "../ui/card.tsx";
import { formatBytes, formatDuration, plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";
import { refName } from "./push-words.ts";

const updateTones = { create: "ok", update: "plain", force: "warn", delete: "bad" } as const;

/** What the client asked the upstream's refs to become. */
export function PushRefs({ push }: { push: PushRecord }) {
  return (
    <ul aria-label="Refs" className="px-3 py-1.5">
      {push.refs.map((update) => (
        <li key={update.ref} className="flex min-w-0 flex-wrap items-center gap-x-2 py-0.5">
          <Tag tone={updateTones[update.kind]}>{update.kind}</Tag>
          <span className="data min-w-0 break-all">
            <InertText text={refName(update.ref)} />
          </span>
          <span className="data text-sm text-faint">
            {update.old.slice(0, 10)} → {update.new.slice(0, 10)}
          </span>
        </li>
      ))}
      {push.refCount > push.refs.length ? (
        <li className="py-0.5 text-faint">and {plural(push.refCount - push.refs.length, "ref")} more</li>
      ) : null}
    </ul>
  );
}

function CommitRow({ commit }: { commit: PushCommit }) {
  return (
    <li className="flex min-w-0 items-baseline gap-2.5 border-b border-line/60 px-3 py-1 last:border-b-0">
      <span className="data shrink-0 text-sm text-faint">{commit.id.slice(0, 10)}</span>
      <span className="min-w-0 grow truncate">
        <InertText text={commit.subject} />
      </span>
      <span className="max-w-56 shrink-0 truncate text-sm text-faint">
        <InertText text={commit.author} />
      </span>
    </li>
  );
}

/** Commits a push introduces; authors and subjects are what the agent wrote. */
export function PushCommits({ push }: { push: PushRecord }) {
  if (push.commitCount === 0) return null;
  return (
    <Card
      title={plural(push.commitCount, "commit")}
      aside={
        <span className="data text-sm text-faint">
          {formatBytes(push.bytes)} · {formatDuration(push.durationMs)}
        </span>
      }
    >
      <ul className="max-h-64 overflow-y-auto">
        {push.commits.map((commit) => (
          <CommitRow key={commit.id} commit={commit} />
        ))}
      </ul>
      {push.commitCount > push.commits.length ? (
        <p className="px-3 py-1.5 text-sm text-faint">and {plural(push.commitCount - push.commits.length, "commit")} more</p>
      ) : null}
    </Card>
  );
}
