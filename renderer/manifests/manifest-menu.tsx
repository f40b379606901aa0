import { Menu } from "@base-ui/react/menu";
import { Copy, Ellipsis, Trash2 } from "lucide-react";

interface ManifestMenuProps {
  name: string;
  writable: boolean;
  onDuplicate: () => void;
  onDelete: () => void;
}

const item = "flex h-8 items-center gap-2.5 rounded-md px-2.5 outline-none select-none data-highlighted:bg-selected";

/** What is done to a file rarely. */
export function ManifestMenu({ name, writable, onDuplicate, onDelete }: ManifestMenuProps) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`More for ${name}`}
        title="More"
        className="inline-flex size-7.5 shrink-0 items-center justify-center rounded-md text-dim hover:bg-selected hover:text-text"
      >
        <Ellipsis size={15} aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-20 outline-none">
          <Menu.Popup className="min-w-44 rounded-lg border border-line bg-raised p-1 shadow-float outline-none">
            <Menu.Item onClick={onDuplicate} className={item}>
              <Copy size={13} aria-hidden="true" className="text-faint" />
              Duplicate…
            </Menu.Item>
            {writable ? (
              <Menu.Item onClick={onDelete} className={`${item} text-bad`}>
                <Trash2 size={13} aria-hidden="true" />
                Delete…
              </Menu.Item>
            ) : null}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
