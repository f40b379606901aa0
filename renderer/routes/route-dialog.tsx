import { useRef, useState } from "react";
import type { RouteSuggestion } from "../egress/route-suggestion.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Modal } from "../ui/modal.tsx";
import { RouteEditor } from "./route-editor.tsx";

interface RouteDialogProps {
  /** Null while nothing is edited. */
  editing: { slug: string; suggestion: RouteSuggestion | null } | null;
  onClose: () => void;
}

/** The route editor over whatever view the operator is in; asks before an edit is lost. */
export function RouteDialog({ editing, onClose }: RouteDialogProps) {
  const touched = useRef(false);
  const [asking, setAsking] = useState(false);
  const close = () => {
    touched.current = false;
    setAsking(false);
    onClose();
  };
  return (
    <>
      <Modal
        open={editing !== null}
        onClose={() => (touched.current ? setAsking(true) : close())}
        title={`Routes of ${editing?.slug ?? ""}`}
        description="What you make live holds at once and is written to the audit log. The agent is not told."
        width="max-w-5xl"
        fill
      >
        {editing ? (
          <RouteEditor
            key={editing.slug}
            slug={editing.slug}
            suggestion={editing.suggestion}
            onTouched={(now) => {
              touched.current = now;
            }}
            onDone={close}
          />
        ) : null}
      </Modal>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Leave without making it live?"
        consequence="The routes stay as they are; what you changed here is lost."
        error={null}
        keep="Go on editing"
        action={
          <Button variant="danger" onClick={close}>
            Leave
          </Button>
        }
      />
    </>
  );
}
