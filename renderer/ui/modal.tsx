import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";

interface ModalProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  width?: string;
  initialFocus?: RefObject<HTMLElement | null>;
  /** As high as the window lets it be: what it holds scrolls inside of it. */
  fill?: boolean;
  children: ReactNode;
}

/** A dialog that takes the focus and gives it back. */
export function Modal({ open, onClose, title, description, width = "max-w-xl", initialFocus, fill = false, children }: ModalProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-backdrop transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 flex items-start justify-center overflow-y-auto px-4 py-[9vh]">
          <Dialog.Popup
            {...(initialFocus ? { initialFocus } : {})}
            className={`flex w-full ${width} ${fill ? "max-h-[82vh]" : ""} flex-col rounded-lg border border-line bg-panel shadow-float transition duration-100 outline-none data-ending-style:scale-[0.985] data-ending-style:opacity-0 data-starting-style:scale-[0.985] data-starting-style:opacity-0`}
          >
            <header className="flex items-start gap-3 px-5 pt-4">
              <div className="min-w-0 grow">
                <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
                {description ? <Dialog.Description className="mt-0.5 text-dim">{description}</Dialog.Description> : null}
              </div>
              <Dialog.Close
                aria-label="Close"
                className="-mr-2 inline-flex size-7 items-center justify-center rounded-md text-dim hover:bg-selected hover:text-text"
              >
                <X size={15} aria-hidden="true" />
              </Dialog.Close>
            </header>
            {children}
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
