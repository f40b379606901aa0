import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { Button } from "../../ui/button.tsx";
import { plural } from "../../ui/format.ts";
import { ProblemLines } from "../problem-lines.tsx";

interface SaveAnywayProps {
  open: boolean;
  name: string;
  errors: readonly PlacedProblem[];
  onCancel: () => void;
  onSave: () => void;
}

/** A file with errors may be saved, but not by accident. */
export function SaveAnyway({ open, name, errors, onCancel, onSave }: SaveAnywayProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onCancel())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 py-[14vh]">
          <AlertDialog.Popup className="w-full max-w-xl rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            <AlertDialog.Title className="text-lg font-semibold">Save {name} with errors?</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 text-dim">
              It has {plural(errors.length, "error")}. Until they are put right it cannot be used, nor can what depends on it. Bottles that
              run are not touched.
            </AlertDialog.Description>
            <div className="mt-3 flex max-h-64 flex-col gap-2 overflow-y-auto">
              {errors.slice(0, 5).map((problem) => (
                <ProblemLines
                  key={`${problem.line} ${problem.column} ${problem.message}`}
                  problem={problem}
                  place={`line ${problem.line}`}
                />
              ))}
            </div>
            <div className="mt-4 flex justify-end gap-2">
              <AlertDialog.Close render={<Button />}>Go on editing</AlertDialog.Close>
              <Button variant="danger" onClick={onSave}>
                Save with errors
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
