import { FolderOpen } from "lucide-react";
import { useId } from "react";
import { Button } from "../ui/button.tsx";
import type { StartForm } from "./use-start.ts";

/** The project: its own agents count, and its files are copied in unless the operator says otherwise (ENV-4). */
export function WorkspaceField({ form }: { form: StartForm }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-dim">
        Workspace <span className="text-faint">(optional: a folder that is copied in)</span>
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          value={form.workspace}
          onChange={(event) => form.setWorkspace(event.target.value)}
          placeholder="/path/to/project"
          spellCheck={false}
          className="field data min-w-0 grow"
        />
        <Button icon={<FolderOpen size={14} aria-hidden="true" />} onClick={form.choose}>
          Choose…
        </Button>
      </div>
      {form.workspace.trim() === "" ? null : (
        <label className="flex items-start gap-2 pt-1">
          <input
            type="checkbox"
            checked={form.copyWorkspace}
            onChange={(event) => form.setCopyWorkspace(event.target.checked)}
            className="mt-0.75 accent-accent"
          />
          <span>
            Copy the folder into the bottle
            <span className="block text-sm text-faint">
              {form.copyWorkspace
                ? "The agent works on the copy; you bring its changes back."
                : "Its agents can be chosen, its files stay here: the agent starts in an empty home."}
            </span>
          </span>
        </label>
      )}
    </div>
  );
}
