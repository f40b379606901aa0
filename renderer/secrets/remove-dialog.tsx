import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { SecretRow } from "#common/ipc/secret-methods.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { FailureNote } from "../ui/notes.tsx";

function consequence({ bottles, manifests }: SecretRow): string {
  const running =
    bottles.length > 0
      ? `${bottles.join(", ")} ${bottles.length === 1 ? "gets" : "get"} the value of your environment in its place at once, or none: requests that need it are then answered 503. `
      : "";
  const named =
    manifests.length > 0 ? `${plural(manifests.length, "bottle manifest")} still ${manifests.length === 1 ? "names" : "name"} it. ` : "";
  return `${running}${named}The stored value cannot be brought back.`;
}

/** Asked before a stored value is removed; null shows nothing. */
export function RemoveDialog({ row, onClose }: { row: SecretRow | null; onClose: () => void }) {
  const remove = useAction("secrets.remove");
  return (
    <AlertDialog.Root open={row !== null} onOpenChange={(next) => (next ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[18vh]">
          <AlertDialog.Popup className="w-full max-w-md rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            <AlertDialog.Title className="text-lg font-semibold break-all">Remove {row?.name}?</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 text-dim">{row ? consequence(row) : ""}</AlertDialog.Description>
            {remove.error ? (
              <div className="mt-3">
                <FailureNote error={remove.error} />
              </div>
            ) : null}
            <div className="mt-4 flex justify-end gap-2">
              <AlertDialog.Close render={<Button />}>Keep it</AlertDialog.Close>
              <Button
                variant="danger"
                disabled={remove.isPending}
                onClick={() => row && remove.mutate({ name: row.name }, { onSuccess: onClose })}
              >
                {remove.isPending ? "Removing…" : "Remove secret"}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
