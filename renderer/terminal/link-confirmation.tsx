import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { Modal } from "../ui/modal.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { shownLink } from "./shown-link.ts";

/** Output may name any address and call it anything: the operator sees the real one before it is opened (TRM-4). */
export function LinkConfirmation({ url, onClose }: { url: string | null; onClose: () => void }) {
  const open = useAction("link.open");
  const link = url ? shownLink(url) : null;
  const confirm = () => link && open.mutate({ url: link.href }, { onSuccess: onClose });
  return (
    <Modal
      open={url !== null}
      onClose={onClose}
      title="Open this link in your browser?"
      description="The agent's output holds this address. Nobody checked it."
    >
      <div className="flex flex-col gap-3 px-5 pt-3 pb-5">
        {link ? (
          <p className="data rounded-lg border border-line bg-ground px-3 py-2 break-all">{link.text}</p>
        ) : (
          <Note tone="bad" title="This is no web address." />
        )}
        {link?.caution ? <Note tone="warn" title={link.caution} /> : null}
        {open.error ? <FailureNote error={open.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!link} onClick={confirm}>
            {link ? `Open ${link.host}` : "Open"}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
