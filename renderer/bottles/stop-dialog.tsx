import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { useBottle } from "./use-bottles.ts";

/** Asked before an agent is ended; null shows nothing. */
export function StopDialog({ slug, onClose }: { slug: string | null; onClose: () => void }) {
  const copied = useBottle(slug ?? "")?.workspace != null;
  const stop = useAction("bottles.stop");
  const copy = copied ? ", its copy of your folder too: bring back what you want to keep first, in Changes" : "";
  return (
    <ConfirmDialog
      open={slug !== null}
      onClose={onClose}
      title={`Stop ${slug}?`}
      consequence={`The agent ends and its containers and networks are removed. What it changed inside the bottle goes with them${copy}.`}
      error={stop.error}
      keep="Keep running"
      action={
        <Button variant="danger" disabled={stop.isPending} onClick={() => slug && stop.mutate({ slug }, { onSuccess: onClose })}>
          {stop.isPending ? "Stopping…" : "Stop bottle"}
        </Button>
      }
    />
  );
}
