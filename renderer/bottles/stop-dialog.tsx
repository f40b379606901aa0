import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { useBottle } from "./use-bottles.ts";

/** Asked before an agent is ended; null shows nothing. */
export function StopDialog({ slug, onClose }: { slug: string | null; onClose: () => void }) {
  const copied = useBottle(slug ?? "")?.workspace != null;
  const stop = useAction("bottles.stop");
  return (
    <AlertDialog.Root open={slug !== null} onOpenChange={(next) => (next ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[18vh]">
          <AlertDialog.Popup className="w-full max-w-md rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            <AlertDialog.Title className="text-lg font-semibold">Stop {slug}?</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 text-dim">
              The agent ends and its containers and networks are removed. What it changed inside the bottle goes with them
              {copied ? ", its copy of your folder too: bring back what you want to keep first, in Changes" : ""}.
            </AlertDialog.Description>
            {stop.error ? (
              <div className="mt-3">
                <FailureNote error={stop.error} />
              </div>
            ) : null}
            <div className="mt-4 flex justify-end gap-2">
              <AlertDialog.Close render={<Button />}>Keep running</AlertDialog.Close>
              <Button variant="danger" disabled={stop.isPending} onClick={() => slug && stop.mutate({ slug }, { onSuccess: onClose })}>
                {stop.isPending ? "Stopping…" : "Stop bottle"}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
