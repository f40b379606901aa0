import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useEffect, useEffectEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { plural } from "../../ui/format.ts";

/** Whether a navigation goes somewhere else than to another line of the same file. */
function leaves(destination: string): boolean {
  const path = (url: string) => new URL(url).hash.split("?")[0];
  return path(destination) !== path(window.location.href);
}

/** Holds back whatever would leave the view while there is something to lose. */
function useHeldNavigation(dirty: boolean) {
  const [destination, setDestination] = useState<string | null>(null);
  const hold = useEffectEvent((event: NavigateEvent) => {
    if (!event.cancelable || event.navigationType === "reload" || !leaves(event.destination.url)) return;
    event.preventDefault();
    setDestination(event.destination.url);
  });
  useEffect(() => {
    if (!dirty) return;
    const listener = (event: NavigateEvent) => hold(event);
    window.navigation.addEventListener("navigate", listener);
    return () => window.navigation.removeEventListener("navigate", listener);
  }, [dirty]);
  return { destination, stay: () => setDestination(null) };
}

interface UnsavedGuardProps {
  name: string;
  dirty: boolean;
  /** How many would be saved with it. */
  errors: number;
  onSave: () => Promise<boolean>;
  onDiscard: () => void;
}

/** Asks before unsaved changes are left behind. */
export function UnsavedGuard({ name, dirty, errors, onSave, onDiscard }: UnsavedGuardProps) {
  const { destination, stay } = useHeldNavigation(dirty);
  const [going, setGoing] = useState<string | null>(null);
  // Only when the draft is clean again is there nobody left to hold the navigation back.
  useEffect(() => {
    if (going === null || dirty) return;
    window.location.href = going;
  }, [going, dirty]);
  const leave = () => {
    setGoing(destination);
    stay();
  };
  const saveAndLeave = async () => {
    if (await onSave()) leave();
    else stay();
  };
  return (
    <AlertDialog.Root open={destination !== null} onOpenChange={(next) => (next ? undefined : stay())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[18vh]">
          <AlertDialog.Popup className="w-full max-w-md rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            <AlertDialog.Title className="text-lg font-semibold">Leave {name} without saving?</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 text-dim">
              It has changes that are not on disk. Bottles are started from what is on disk.
            </AlertDialog.Description>
            <div className="mt-4 flex flex-wrap justify-end gap-2">
              <AlertDialog.Close render={<Button />}>Stay</AlertDialog.Close>
              <Button
                variant="danger"
                onClick={() => {
                  onDiscard();
                  leave();
                }}
              >
                Discard changes
              </Button>
              <Button variant="primary" onClick={() => void saveAndLeave()}>
                {errors > 0 ? `Save with ${plural(errors, "error")} and leave` : "Save and leave"}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
