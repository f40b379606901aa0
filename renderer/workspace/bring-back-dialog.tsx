import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote } from "../ui/notes.tsx";
import type { ChoiceFacts } from "./choose-changes.ts";

const SHOWN = 8;

function Paths({ title, paths }: { title: ReactNode; paths: readonly string[] }) {
  if (paths.length === 0) return null;
  return (
    <div className="mt-3 rounded-md border border-warn/50 bg-warn-ground px-3 py-2">
      <p className="font-medium text-warn">{title}</p>
      <ul className="data mt-1 text-sm break-all text-dim">
        {paths.slice(0, SHOWN).map((path) => (
          <li key={path}>
            <InertText text={path} />
          </li>
        ))}
        {paths.length > SHOWN ? <li>and {paths.length - SHOWN} more</li> : null}
      </ul>
    </div>
  );
}

interface BringBackDialogProps {
  open: boolean;
  facts: ChoiceFacts;
  hostPath: string;
  pending: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asked before anything on the host is written: where it goes, and what it would replace or set off. */
export function BringBackDialog({ open, facts, hostPath, pending, error, onConfirm, onClose }: BringBackDialogProps) {
  const { paths, overwrite, removals, selfRunning } = facts;
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <AlertDialog.Viewport className="fixed inset-0 flex items-start justify-center overflow-y-auto px-4 py-[12vh]">
          <AlertDialog.Popup className="w-full max-w-lg rounded-lg border border-line bg-panel p-5 shadow-float outline-none">
            <AlertDialog.Title className="text-lg font-semibold">Bring back {plural(paths.length, "change")}?</AlertDialog.Title>
            <AlertDialog.Description className="mt-1 break-words text-dim">
              They are written to <span className="data break-all text-text">{hostPath}</span>
              {removals > 0 ? `; ${plural(removals, "file")} of yours ${removals === 1 ? "is" : "are"} removed` : ""}. What is replaced or
              removed is kept in a backup, and nothing is written if either side changed since you looked.
            </AlertDialog.Description>
            <Paths title={`${plural(overwrite.length, "file")} of yours changed too, and would be replaced`} paths={overwrite} />
            <Paths
              title={`${plural(selfRunning.length, "file")} that your machine may run or obey without being asked`}
              paths={selfRunning.map(({ path, warnings }) => `${path}: ${warnings.join("; ")}`)}
            />
            {error ? (
              <div className="mt-3">
                <FailureNote error={error} />
              </div>
            ) : null}
            <div className="mt-4 flex justify-end gap-2">
              <AlertDialog.Close render={<Button />}>Not now</AlertDialog.Close>
              <Button variant="primary" disabled={pending} onClick={onConfirm}>
                {pending ? "Writing…" : "Bring back"}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
