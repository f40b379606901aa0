import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { PushRecord, RepoStatus } from "#common/domain/git.ts";
import { hrefOf } from "../app/location.ts";
import { useAction } from "../bridge/use-call.ts";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { PushDetail } from "./push-detail.tsx";
import { pushRuleText, refsWords, verdictStatus } from "./push-words.ts";
import { useGate, useHeldPushes } from "./use-git.ts";

const keyWords: Record<RepoStatus["key"], string> = { ready: "key ready", missing: "no key yet", expired: "key expired" };

function repoShape(repo: RepoStatus): Status {
  if (repo.refresh === "failed" || repo.key !== "ready") return "failed";
  return repo.refresh === "never" ? "stopped" : "running";
}

function repoWords(repo: RepoStatus): string {
  if (repo.refresh === "never") return "not fetched yet";
  return repo.refresh === "ok" ? `${plural(repo.branches, "branch", "branches")}, ${plural(repo.tags, "tag")}` : "last refresh failed";
}

function RepoRow({ slug, repo }: { slug: string; repo: RepoStatus }) {
  const refresh = useAction("git.refresh");
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line/60 px-3 py-2 last:border-b-0">
      <Shape status={repoShape(repo)} />
      <span className="min-w-24 font-medium">{repo.name}</span>
      <span className="min-w-0 grow">
        {/* Text, never a link: where it leads is the operator's to type. */}
        <span className="data block truncate text-sm text-dim">
          <InertText text={repo.upstream} />
        </span>
        <span className="block text-sm text-faint">
          {repoWords(repo)} · {keyWords[repo.key]}
          {repo.refreshedAt === null ? null : (
            <>
              {" "}
              · refreshed <Age since={repo.refreshedAt} /> ago
            </>
          )}
        </span>
        {repo.problem === null ? null : (
          <span className="block text-sm break-words text-bad">
            <InertText text={repo.problem} />
          </span>
        )}
        {refresh.error ? <FailureNote error={refresh.error} /> : null}
      </span>
      <Button
        icon={<RefreshCw size={13} aria-hidden="true" />}
        aria-label={`Refresh ${repo.name}`}
        disabled={refresh.isPending}
        onClick={() => refresh.mutate({ slug, repo: repo.name })}
      >
        {refresh.isPending ? "Refreshing…" : "Refresh"}
      </Button>
    </li>
  );
}

function PushRow({ push, open, onOpen }: { push: PushRecord; open: boolean; onOpen: () => void }) {
  return (
    <li className="border-b border-line/60 last:border-b-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={onOpen}
        className="flex w-full min-w-0 items-center gap-3 px-3 py-1.5 text-left hover:bg-raised focus-visible:outline-offset-[-2px] aria-expanded:bg-raised"
      >
        <Shape status={verdictStatus(push.verdict)} />
        <span className="w-20 shrink-0">{push.verdict}</span>
        <span className="w-32 shrink-0 truncate text-sm text-dim">{pushRuleText(push.rule).short}</span>
        <span className="data min-w-0 grow truncate">
          <InertText text={`${push.repo} · ${refsWords(push)}`} />
        </span>
        <span className="shrink-0 text-sm text-faint">{plural(push.commitCount, "commit")}</span>
        <Age since={push.time} className="data w-10 shrink-0 text-right text-xs text-faint" />
      </button>
      {open ? <OpenPush push={push} /> : null}
    </li>
  );
}

function OpenPush({ push }: { push: PushRecord }) {
  const held = useHeldPushes().find((each) => each.push.id === push.id);
  return (
    <div className="border-t border-line/60 bg-ground px-4 py-3">
      {held?.status === "held" ? (
        <p className="pb-3">
          <a href={hrefOf({ name: "inbox", id: push.id })} className="text-accent underline underline-offset-2">
            Review it in the inbox
          </a>
        </p>
      ) : null}
      <PushDetail push={push} decision={held?.decision ?? null} />
    </div>
  );
}

function Pushes({ pushes }: { pushes: readonly PushRecord[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Card title="Pushes">
      {pushes.length === 0 ? (
        <p className="px-3 py-2 text-dim">
          Nothing was pushed yet. Every push is scanned before it is forwarded, and shows here with its outcome.
        </p>
      ) : (
        <ul aria-label="Pushes">
          {pushes.map((push) => (
            <PushRow key={push.id} push={push} open={open === push.id} onOpen={() => setOpen(open === push.id ? null : push.id)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The git-gate of one bottle: what it serves, and every push with its outcome. */
export function GitTab({ slug }: { slug: string }) {
  const { data, error } = useGate(slug);
  if (error)
    return (
      <div className="p-4">
        <FailureNote error={error} />
      </div>
    );
  if (!data) return null;
  if (data.repos.length === 0 && data.pushes.length === 0)
    return (
      <EmptyState title="No repositories">
        This bottle declares none, so its agent can neither fetch nor push. Add them under git-gate.repos in the bottle's manifest; they
        count from the next start on.
      </EmptyState>
    );
  return (
    <div className="flex min-h-0 grow flex-col gap-4 overflow-y-auto p-4">
      <Card title="Repositories">
        <ul aria-label="Repositories">
          {data.repos.map((repo) => (
            <RepoRow key={repo.name} slug={slug} repo={repo} />
          ))}
        </ul>
      </Card>
      <Pushes pushes={data.pushes} />
    </div>
  );
}
