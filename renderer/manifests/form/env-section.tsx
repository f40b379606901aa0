import { X } from "lucide-react";
import { useId } from "react";
import { IconButton } from "../../ui/button.tsx";
import { InertText } from "../../ui/inert-text.tsx";
import { removing } from "../editor/json-path.ts";
import { AddByName } from "./add-by-name.tsx";
import type { EnvKind, EnvRow } from "./env-rows.ts";
import { asKind, ENV_PATH, envKindWords, envNameFault, envRows, envValue } from "./env-rows.ts";
import { InSourceOnly, useTypedText } from "./field.tsx";
import { useFieldState, useForm } from "./form-scope.ts";
import { FormSection } from "./form-section.tsx";

const kinds: readonly EnvKind[] = ["literal", "prompt", "host"];

function VariableRow({ row }: { row: EnvRow }) {
  const field = useFieldState([...ENV_PATH, row.name]);
  const note = useId();
  const typed = useTypedText(row.text, (text) => field.set(text === "" ? undefined : envValue(row.kind, text)));
  return (
    <li className="pb-1">
      <div className="flex flex-wrap items-center gap-1.5">
        <span className="data min-w-28 basis-[30%] truncate" title={row.name}>
          <InertText text={row.name} />
        </span>
        <select
          aria-label={`Kind of ${row.name}`}
          value={row.kind}
          disabled={field.inert}
          onChange={(event) => field.set(asKind(row, event.target.value as EnvKind))}
          className="field w-32 shrink-0 disabled:bg-panel disabled:text-dim"
        >
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {envKindWords[kind].label}
            </option>
          ))}
        </select>
        <input
          aria-label={`${row.kind === "prompt" ? "Question for" : "Value of"} ${row.name}`}
          aria-describedby={note}
          aria-invalid={field.problem?.severity === "error"}
          disabled={field.inert}
          {...typed}
          spellCheck={false}
          className="field data min-w-0 grow basis-36 disabled:bg-panel disabled:text-dim"
        />
        <IconButton label={`Remove ${row.name}`} disabled={field.inert} onClick={() => field.set(undefined)}>
          <X size={13} aria-hidden="true" />
        </IconButton>
      </div>
      <p id={note} className={`min-h-4.5 text-sm ${field.problem ? "text-bad" : "text-faint"}`}>
        {field.problem ? <InertText text={field.problem.message} /> : envKindWords[row.kind].hint}
      </p>
    </li>
  );
}

function AddVariable({ taken }: { taken: readonly string[] }) {
  return (
    <AddByName
      what="variable"
      placeholder="NAME"
      path={ENV_PATH}
      faultOf={(name) => envNameFault(name, taken)}
      entry={(name) => `\${${name}}`}
    />
  );
}

/** The agent's environment variables, and where each gets its value. */
export function EnvSection() {
  const env = useFieldState(ENV_PATH);
  const { state, draft } = useForm();
  const { rows, others } = envRows(env.value);
  const strange = env.value !== undefined && env.value !== null && (typeof env.value !== "object" || Array.isArray(env.value));
  return (
    <FormSection title="Environment" path={ENV_PATH}>
      {strange ? <InSourceOnly what="Not a map of variables: edit it in the source," line={env.line} jump={env.jump} /> : null}
      <ul aria-label="Variables">
        {rows.map((row) => (
          <VariableRow key={row.name} row={row} />
        ))}
        {others.map((name) => (
          <OtherVariable key={name} name={name} onRemove={() => draft.change(removing(state.frontmatter, [...ENV_PATH, name]))} />
        ))}
      </ul>
      {strange ? null : <AddVariable taken={[...rows.map(({ name }) => name), ...others]} />}
    </FormSection>
  );
}

function OtherVariable({ name, onRemove }: { name: string; onRemove: () => void }) {
  const field = useFieldState([...ENV_PATH, name], true);
  return (
    <li className="flex items-center gap-1.5 pb-2">
      <span className="data w-[34%] shrink-0 truncate">
        <InertText text={name} />
      </span>
      <InSourceOnly what="Not text: put the value in quotes," line={field.line} jump={field.jump} />
      <IconButton label={`Remove ${name}`} disabled={field.inert} onClick={onRemove}>
        <X size={13} aria-hidden="true" />
      </IconButton>
    </li>
  );
}
