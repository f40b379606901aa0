import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { setting } from "../editor/json-path.ts";
import { useForm } from "./form-scope.ts";

interface AddByNameProps {
  /** What is added, as in "Add variable". */
  what: string;
  placeholder: string;
  /** Map in the frontmatter that gets the entry. */
  path: readonly string[];
  /** Why a name cannot be used, or null. */
  faultOf: (name: string) => string | null;
  /** What a new entry begins with. */
  entry: (name: string) => Parameters<typeof setting>[2];
}

/** One more entry of a map, by its name. */
export function AddByName({ what, placeholder, path, faultOf, entry }: AddByNameProps) {
  const { draft, state, inert } = useForm();
  const [name, setName] = useState("");
  const note = useId();
  const fault = faultOf(name);
  const add = (event: React.FormEvent) => {
    event.preventDefault();
    if (name === "" || fault || inert) return;
    draft.change(setting(state.frontmatter, [...path, name], entry(name)));
    setName("");
  };
  return (
    <form onSubmit={add} aria-label={`Add a ${what}`}>
      <div className="flex items-center gap-1.5">
        <input
          aria-label={`Name of a new ${what}`}
          aria-describedby={note}
          aria-invalid={fault !== null}
          value={name}
          disabled={inert}
          onChange={(event) => setName(event.target.value)}
          placeholder={placeholder}
          spellCheck={false}
          className="field data w-[34%] disabled:bg-panel disabled:text-dim"
        />
        <Button type="submit" icon={<Plus size={13} aria-hidden="true" />} disabled={inert || name === "" || fault !== null}>
          Add {what}
        </Button>
      </div>
      <p id={note} role="status" className="min-h-4.5 text-sm text-bad">
        {fault}
      </p>
    </form>
  );
}
