import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { useBottles } from "../bottles/use-bottles.ts";
import { useManifests } from "../manifests/use-manifests.ts";
import { Kbd } from "../ui/kbd.tsx";
import type { Command, CommandEffect, CommandGroup } from "./commands.ts";
import { commandGroups } from "./commands.ts";

function Item({ command, onRun }: { command: Command; onRun: (effect: CommandEffect) => void }) {
  return (
    <Autocomplete.Item
      value={command}
      onClick={() => onRun(command.effect)}
      className="flex h-8 scroll-my-1 items-center gap-3 rounded-md px-3 outline-none select-none data-highlighted:bg-selected"
    >
      <span className="min-w-0 grow truncate">{command.label}</span>
      <span className="shrink-0 text-sm text-faint">{command.detail}</span>
    </Autocomplete.Item>
  );
}

function Group({ group, onRun }: { group: CommandGroup; onRun: (effect: CommandEffect) => void }) {
  return (
    <Autocomplete.Group items={group.items} className="pb-1">
      <Autocomplete.GroupLabel className="heading px-3 py-1">{group.value}</Autocomplete.GroupLabel>
      <Autocomplete.Collection>{(command: Command) => <Item key={command.id} command={command} onRun={onRun} />}</Autocomplete.Collection>
    </Autocomplete.Group>
  );
}

function Commands({ onRun }: { onRun: (effect: CommandEffect) => void }) {
  const { bottles } = useBottles();
  const { data } = useManifests(null);
  const groups = commandGroups(bottles, data ?? { agents: [], bottles: [] });
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      // A thousand agents are found by typing, not by scrolling.
      limit={200}
      autoHighlight="always"
      keepHighlight
      itemToStringValue={(command: Command) => command.label}
    >
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Search size={14} aria-hidden="true" className="shrink-0 text-faint" />
        <Autocomplete.Input
          aria-label="Search commands"
          placeholder="Start an agent, jump to a bottle, run a command…"
          className="h-11 min-w-0 grow bg-transparent text-lg outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Dialog.Close className="sr-only">Close command palette</Dialog.Close>
      <Autocomplete.Empty>
        <p className="px-4 py-6 text-center text-faint empty:hidden">No command of that name.</p>
      </Autocomplete.Empty>
      <Autocomplete.List className="max-h-[min(26rem,60vh)] scroll-py-1 overflow-y-auto p-1.5 data-empty:hidden">
        {(group: CommandGroup) => <Group key={group.value} group={group} onRun={onRun} />}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

/** Everything reachable by typing its name (UI-3). */
export function Palette({ open, onClose, onRun }: { open: boolean; onClose: () => void; onRun: (effect: CommandEffect) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <Dialog.Viewport className="fixed inset-0 flex items-start justify-center px-4 pt-[9vh]">
          <Dialog.Popup
            aria-label="Command palette"
            className="flex w-full max-w-xl flex-col overflow-hidden rounded-lg border border-line bg-panel shadow-float outline-none"
          >
            <Commands onRun={onRun} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
