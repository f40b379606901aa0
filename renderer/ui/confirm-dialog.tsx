import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { FailureNote } from "./notes.tsx";

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What happens then, also what cannot be undone. */
  consequence: ReactNode;
  error: Error | null;
  /** Words of the button that leaves all as it is. */
  keep: string;
  /** The button that does it. */
  action: ReactNode;
}

/** Asked before something is ended or removed. */
export function ConfirmDialog({ open, onClose, title, consequence, error, keep, action }: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[18vh]">
          <AlertDialog.Popup className="w-full max-w-md rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            <AlertDialog.Title className="text-lg font-semibold wrap-anywhere">{title}</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 text-dim">{consequence}</AlertDialog.Description>
            {error ? (
              <div className="mt-3">
                <FailureNote error={error} />
              </div>
            ) : null}
            <div className="mt-4 flex justify-end gap-2">
              <AlertDialog.Close render={<Button />}>{keep}</AlertDialog.Close>
              {action}
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
