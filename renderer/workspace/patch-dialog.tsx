import { useRef, useState } from "react";
import { useCall } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { Modal } from "../ui/modal.tsx";
import { FailureNote } from "../ui/notes.tsx";

/** All changes as one patch, for another tool. */
export function PatchDialog({ slug, digest, onClose }: { slug: string; digest: string; onClose: () => void }) {
  const { data, error } = useCall("workspace.patch", { slug, digest });
  const text = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    text.current?.select();
    // The window has no permission for the clipboard; a command on the operator's own click needs none.
    setCopied(document.execCommand("copy"));
  };
  return (
    <Modal open onClose={onClose} title="Patch" description="In git's format: `git apply` takes it in your folder." width="max-w-3xl">
      <div className="flex flex-col gap-3 px-5 py-4">
        {error ? <FailureNote error={error} /> : null}
        <textarea
          ref={text}
          readOnly
          spellCheck={false}
          aria-label="Patch"
          value={data?.patch ?? (error ? "" : "Making the patch…")}
          className="data h-[50vh] w-full resize-none rounded-md border border-line bg-ground p-2 text-sm"
        />
        <div className="flex items-center justify-end gap-3">
          <span role="status" className="text-sm text-ok">
            {copied ? "Copied" : ""}
          </span>
          <Button variant="primary" disabled={!data} onClick={copy}>
            Copy
          </Button>
        </div>
      </div>
    </Modal>
  );
}
