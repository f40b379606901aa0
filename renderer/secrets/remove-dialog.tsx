import type { SecretRow } from "#common/ipc/secret-methods.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { plural } from "../ui/format.ts";

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
    <ConfirmDialog
      open={row !== null}
      onClose={onClose}
      title={`Remove ${row?.name}?`}
      consequence={row ? consequence(row) : ""}
      error={remove.error}
      keep="Keep it"
      action={
        <Button
          variant="danger"
          disabled={remove.isPending}
          onClick={() => row && remove.mutate({ name: row.name }, { onSuccess: onClose })}
        >
          {remove.isPending ? "Removing…" : "Remove secret"}
        </Button>
      }
    />
  );
}
