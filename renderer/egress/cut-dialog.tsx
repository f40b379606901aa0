import type { MethodOutput } from "#common/ipc/contract.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";

interface CutDialogProps {
  slug: string;
  /** A credential's name, or all of them; null while nothing is asked. */
  asked: "all" | string | null;
  cuts: MethodOutput<"credentials.activity">["cuts"];
  onClose: () => void;
}

/** Asked before the kill switch: what stops at once, and how it is undone. */
export function CutDialog({ slug, asked, cuts, onClose }: CutDialogProps) {
  const cut = useAction("credentials.cut");
  const what = asked === "all" ? "every credential" : asked;
  const next =
    asked === "all" ? { all: true, refs: cuts.refs } : { all: cuts.all, refs: asked === null ? cuts.refs : [...cuts.refs, asked] };
  return (
    <ConfirmDialog
      open={asked !== null}
      onClose={onClose}
      title={`Cut off ${what} for ${slug}?`}
      consequence={
        <>
          From this moment no request of this bottle gets {asked === "all" ? "any of them" : "it"}: such requests are refused until you
          restore {asked === "all" ? "them" : "it"}, also after a restart of the sidecars. The bottle goes on running. What was sent already
          cannot be taken back: where a credential may have leaked, revoke it with whoever issued it.
        </>
      }
      error={cut.error}
      keep="Leave it"
      action={
        <Button variant="danger" disabled={cut.isPending} onClick={() => cut.mutate({ slug, cuts: next }, { onSuccess: onClose })}>
          {cut.isPending ? "Cutting off…" : "Cut off"}
        </Button>
      }
    />
  );
}
