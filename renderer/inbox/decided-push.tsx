import type { HeldPush } from "#common/domain/git.ts";
import { bottleView, hrefOf } from "../app/location.ts";
import { PushDetail } from "../git/push-detail.tsx";
import { heldOutcome } from "../git/push-words.ts";
import { InertText } from "../ui/inert-text.tsx";
import { NextThatWaits } from "./next-that-waits.tsx";

/** A held push of the past: what was decided, by whom and why. */
export function DecidedPush({ held, waiting }: { held: HeldPush; waiting: number }) {
  return (
    <article aria-label="Held push" tabIndex={-1} className="outline-none flex min-h-0 grow flex-col gap-3.5 overflow-y-auto px-6 py-5">
      <header>
        <h2 className="text-xl font-semibold">
          A held push to <InertText text={held.push.repo} /> was {heldOutcome(held)}
        </h2>
        <p className="pt-1 text-faint">
          pushed by{" "}
          <a href={hrefOf(bottleView(held.slug, "git"))} className="text-dim underline underline-offset-2 hover:text-text">
            {held.slug}
          </a>
        </p>
      </header>
      <PushDetail push={held.push} decision={held.decision} />
      <NextThatWaits waiting={waiting} />
    </article>
  );
}
