import type { RefusedPush } from "#common/ipc/git-methods.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { useAction } from "../bridge/use-call.ts";
import { PushDetail } from "../git/push-detail.tsx";
import { Button } from "../ui/button.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { useKeys } from "../ui/use-keys.ts";

/** A push that did not get through: nothing to decide, but worth knowing. The agent was told the reason too. */
export function RefusedPushPane({ refused, all, onGone }: { refused: RefusedPush; all: readonly string[]; onGone: () => void }) {
  const dismiss = useAction("pushes.dismiss");
  const away = () => dismiss.mutate({ ids: [refused.push.id] }, { onSuccess: onGone });
  const allAway = () => dismiss.mutate({ ids: [...all] }, { onSuccess: onGone });
  useKeys({ d: away });
  return (
    <article aria-label="Refused push" tabIndex={-1} className="flex min-h-0 grow flex-col outline-none">
      <div className="flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5">
        <header>
          <h2 className="text-xl font-semibold text-balance">
            A push to <InertText text={refused.push.repo} /> {refused.push.verdict === "failed" ? "failed" : "was refused"}
          </h2>
          <p className="pt-1 text-faint">
            nothing of it reached the upstream · pushed by{" "}
            <a href={hrefOf(bottleView(refused.slug, "git"))} className="text-dim underline underline-offset-2 hover:text-text">
              {refused.slug}
            </a>
          </p>
        </header>
        {dismiss.error ? <FailureNote error={dismiss.error} /> : null}
        <PushDetail push={refused.push} decision={null} />
      </div>
      <div className="flex items-center gap-2.5 border-t border-line bg-ground px-6 py-3">
        <Button hotkey="D" disabled={dismiss.isPending} onClick={away}>
          Dismiss
        </Button>
        {all.length > 1 ? (
          <Button disabled={dismiss.isPending} onClick={allAway}>
            Dismiss all {all.length}
          </Button>
        ) : null}
        <p className="text-sm text-faint">It stays in the bottle's Git tab.</p>
      </div>
    </article>
  );
}
