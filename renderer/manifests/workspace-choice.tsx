import { useBottles, useUserHome } from "../bottles/use-bottles.ts";
import { useAction } from "../bridge/use-call.ts";
import { shortPath } from "../ui/format.ts";

const CHOOSE = "\0choose";

interface WorkspaceChoiceProps {
  workspace: string | null;
  onChange: (workspace: string | null) => void;
}

/** Whose agents are listed besides the home's: a project folder may bring its own (MAN-1). */
export function WorkspaceChoice({ workspace, onChange }: WorkspaceChoiceProps) {
  const { bottles } = useBottles();
  const home = useUserHome();
  const chooser = useAction("workspace.choose");
  const known = [...new Set([...bottles.map((bottle) => bottle.workspace), workspace])].filter((path) => path !== null).sort();
  const choose = (value: string) => {
    if (value !== CHOOSE) return onChange(value === "" ? null : value);
    chooser.mutate({}, { onSuccess: (path) => path && onChange(path) });
  };
  return (
    <select
      aria-label="Workspace whose agents are listed too"
      value={workspace ?? ""}
      onChange={(event) => choose(event.target.value)}
      className="field w-40 min-w-0 shrink"
    >
      <option value="">home only</option>
      {known.map((path) => (
        <option key={path} value={path}>
          with {shortPath(path, home)}
        </option>
      ))}
      <option value={CHOOSE}>with a folder…</option>
    </select>
  );
}
