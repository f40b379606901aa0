import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useTopic } from "../bridge/use-topic.ts";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { useNotice } from "../ui/use-notice.ts";
import { grantEnded } from "./grant-ended.ts";

const shapes: Record<string, Status> = { info: "running", warn: "needs-you", bad: "failed" };

function Notice({ toast }: { toast: Toast.Root.ToastObject<object> }) {
  return (
    <Toast.Root
      toast={toast}
      // By itself it would be a dialog, under which the single keys rest.
      role="group"
      // biome-ignore lint/a11y/useValidAriaValues: takes away the one that only a dialog may have
      aria-modal={undefined}
      aria-label="Notice"
      className="flex w-88 items-start gap-2.5 rounded-lg border border-line bg-raised py-2.5 pr-2 pl-3 shadow-float transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <span className="flex h-5 items-center">
        <Shape status={shapes[toast.type ?? "info"] ?? "running"} />
      </span>
      <Toast.Description className="min-w-0 grow break-words" />
      <Toast.Close
        aria-label="Dismiss"
        aria-hidden={undefined}
        className="inline-flex size-5 items-center justify-center rounded-sm text-faint hover:bg-selected hover:text-text"
      >
        <X size={12} aria-hidden="true" />
      </Toast.Close>
    </Toast.Root>
  );
}

/** What main has to say in passing; read out politely. */
export function Notices() {
  const { toasts } = Toast.useToastManager();
  const tell = useNotice();
  useTopic("notice", ({ tone, text }) => tell(tone, text));
  useTopic("grant-ended", (ended) => tell("info", grantEnded(ended)));
  return (
    <Toast.Portal>
      <Toast.Viewport aria-label="Notices" className="fixed right-4 bottom-10 z-30 flex flex-col gap-2">
        {toasts.map((toast) => (
          <Notice key={toast.id} toast={toast} />
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
}
