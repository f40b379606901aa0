import type { BottleSummary } from "#common/domain/bottle.ts";
import { useOverlays } from "../app/overlays.tsx";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { visibleString } from "../ui/visible-text.ts";

function title(bottle: BottleSummary): string {
  if (bottle.state === "error") return bottle.problem ? visibleString(bottle.problem) : "The bottle failed.";
  if (bottle.state === "stopped") return "The bottle is stopped. Its containers are gone, its record is kept.";
  const code = bottle.exitCode === null ? "The agent exited" : `The agent exited with code ${bottle.exitCode}`;
  return bottle.problem ? `${code}: ${visibleString(bottle.problem)}` : `${code}.`;
}

/** What became of a bottle that runs no more, and what can be done about it. */
export function EndedNote({ bottle }: { bottle: BottleSummary }) {
  const { show } = useOverlays();
  const remove = useAction("bottles.remove");
  return (
    <div className="flex flex-col gap-2 border-b border-line px-4 py-3">
      <Note
        tone={bottle.state === "error" || (bottle.exitCode ?? 0) !== 0 ? "bad" : "warn"}
        title={title(bottle)}
        action={
          <div className="flex gap-2">
            <Button onClick={() => show({ name: "start", agent: bottle.agent })}>Start again…</Button>
            <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate({ slug: bottle.slug })}>
              {remove.isPending ? "Removing…" : "Remove"}
            </Button>
          </div>
        }
      >
        {bottle.lastRefusal ? `Last refusal: ${visibleString(bottle.lastRefusal.text)}` : null}
      </Note>
      {remove.error ? <FailureNote error={remove.error} /> : null}
    </div>
  );
}
