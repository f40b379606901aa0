import { Combobox } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown } from "lucide-react";
import type { RefObject } from "react";
import { useId, useState } from "react";
import { Tag } from "../ui/tag.tsx";
import type { AgentChoice } from "./use-start.ts";

interface AgentFieldProps {
  agents: readonly AgentChoice[];
  agent: AgentChoice | null;
  onChange: (agent: AgentChoice | null) => void;
  input: RefObject<HTMLInputElement | null>;
}

function Choice({ agent }: { agent: AgentChoice }) {
  return (
    <Combobox.Item
      value={agent}
      className="flex items-center gap-2 rounded-sm px-2 py-1.5 outline-none select-none data-highlighted:bg-selected"
    >
      <span className="w-4">
        <Combobox.ItemIndicator>
          <Check size={13} aria-hidden="true" />
        </Combobox.ItemIndicator>
      </span>
      <span className="data">{agent.name}</span>
      <span className="text-sm text-faint">bottle {agent.bottle}</span>
      <span className="ml-auto">
        <Tag tone={agent.source === "workspace" ? "accent" : "plain"}>{agent.source}</Tag>
      </span>
    </Combobox.Item>
  );
}

/** Which agent to start; says where it was defined and in which bottle it runs. */
export function AgentField({ agents, agent, onChange, input }: AgentFieldProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <Combobox.Root
      open={open}
      onOpenChange={setOpen}
      items={agents}
      value={agent}
      onValueChange={onChange}
      itemToStringLabel={(each: AgentChoice) => each.name}
      isItemEqualToValue={(a: AgentChoice, b: AgentChoice) => a.name === b.name}
      autoHighlight
    >
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-dim">
          Agent
        </label>
        <Combobox.InputGroup className="relative flex">
          <Combobox.Input
            id={id}
            ref={input}
            placeholder="Choose an agent"
            onFocus={(event) => event.currentTarget.select()}
            // Escape leaves the dialog; it would clear the choice otherwise.
            onKeyDown={(event) => event.key === "Escape" && !open && event.preventBaseUIHandler()}
            className="field data w-full pr-8"
          />
          <Combobox.Trigger
            aria-label="Show agents"
            className="absolute inset-y-0 right-0 flex w-8 items-center justify-center text-faint hover:text-text"
          >
            <ChevronsUpDown size={13} aria-hidden="true" />
          </Combobox.Trigger>
        </Combobox.InputGroup>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} className="z-20 outline-none">
          <Combobox.Popup className="w-[var(--anchor-width)] rounded-lg border border-line bg-raised p-1 shadow-float">
            <Combobox.Empty>
              <p className="px-2 py-1.5 text-faint empty:hidden">No agent of that name.</p>
            </Combobox.Empty>
            <Combobox.List className="max-h-72 overflow-y-auto outline-none data-empty:hidden">
              {(each: AgentChoice) => <Choice key={each.name} agent={each} />}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
