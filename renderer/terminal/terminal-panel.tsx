import { ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { useRef } from "react";
import { Button, IconButton } from "../ui/button.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { isMac } from "../ui/platform.ts";
import { LinkConfirmation } from "./link-confirmation.tsx";
import type { TerminalState } from "./use-terminal.ts";
import { useTerminal } from "./use-terminal.ts";

interface SearchBarProps {
  matches: { index: number; count: number } | null;
  find: (text: string, direction: "next" | "previous", incremental?: boolean) => void;
  onClose: () => void;
}

function SearchBar({ matches, find, onClose }: SearchBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const again = (direction: "next" | "previous") => find(input.current?.value ?? "", direction);
  const press = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") again(event.shiftKey ? "previous" : "next");
    else return;
    event.preventDefault();
  };
  return (
    <search className="absolute top-2 right-4 z-10 flex items-center gap-1 rounded-lg border border-line bg-raised p-1 shadow-float">
      <input
        ref={input}
        aria-label="Search in terminal"
        placeholder="Search"
        // biome-ignore lint/a11y/noAutofocus: the operator just asked to search
        autoFocus
        onChange={(event) => find(event.target.value, "next", true)}
        onKeyDown={press}
        className="field w-52"
      />
      <span role="status" className="data w-20 text-center text-sm text-dim">
        {matches ? (matches.count > 0 ? `${matches.index} of ${matches.count}` : "no match") : ""}
      </span>
      <IconButton label="Previous match" onClick={() => again("previous")}>
        <ChevronUp size={14} aria-hidden="true" />
      </IconButton>
      <IconButton label="Next match" onClick={() => again("next")}>
        <ChevronDown size={14} aria-hidden="true" />
      </IconButton>
      <IconButton label="Close search" onClick={onClose}>
        <X size={14} aria-hidden="true" />
      </IconButton>
    </search>
  );
}

function endText(exitCode: number | null): string {
  return exitCode === null ? "The session ended." : `The session ended with exit code ${exitCode}.`;
}

function StateBar({ state, reattach }: { state: TerminalState; reattach: () => void }) {
  if (state.name === "ended")
    return (
      <p role="status" className="border-t border-line bg-panel px-4 py-2 text-dim">
        {endText(state.exitCode)} <span className="text-faint">What it printed stays readable here until the bottle is removed.</span>
      </p>
    );
  if (state.name !== "failed") return null;
  return (
    <div className="border-t border-line bg-panel p-3">
      <FailureNote error={state.error} action={<Button onClick={reattach}>Attach again</Button>} />
    </div>
  );
}

/** The agent's screen (TRM-1). It takes Tab and Escape as the agent's; Ctrl+Shift+L leaves it. */
export function TerminalPanel({ slug, onLeave }: { slug: string; onLeave: () => void }) {
  const terminal = useTerminal(slug, onLeave);
  const closeSearch = () => {
    terminal.find("", "next");
    terminal.setSearching(false);
    terminal.focus();
  };
  return (
    <section
      aria-label="Terminal"
      aria-describedby="terminal-keys"
      aria-busy={terminal.state.name === "opening"}
      className="relative flex min-h-0 grow flex-col bg-ground"
    >
      <p id="terminal-keys" className="sr-only">
        Tab and Escape go to the agent. Control Shift L leaves the terminal.
      </p>
      {terminal.searching ? (
        <SearchBar matches={terminal.matches} find={terminal.find} onClose={closeSearch} />
      ) : (
        <div className="absolute top-1.5 right-4 z-10 rounded-md bg-ground">
          <IconButton label={`Search in terminal (${isMac ? "⌘F" : "Ctrl+Shift+F"})`} onClick={() => terminal.setSearching(true)}>
            <Search size={14} aria-hidden="true" />
          </IconButton>
        </div>
      )}
      <div ref={terminal.host} className="min-h-0 grow overflow-hidden" />
      {terminal.state.name === "opening" ? <p className="absolute inset-x-0 top-4 px-5 text-faint">Attaching…</p> : null}
      <StateBar state={terminal.state} reattach={terminal.reattach} />
      <LinkConfirmation url={terminal.link} onClose={terminal.closeLink} />
    </section>
  );
}
