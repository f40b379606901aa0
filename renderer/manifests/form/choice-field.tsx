import { visibleString } from "../../ui/visible-text.ts";
import type { Path } from "../editor/json-path.ts";
import { Field, InSourceOnly, kindOf } from "./field.tsx";
import { useFieldState } from "./form-scope.ts";

interface ChoiceFieldProps {
  label: string;
  path: Path;
  hint?: string;
  options: readonly string[];
  /** What the choice of nothing is called. */
  none: string;
  /** Whether a key with nothing chosen makes sense at all. */
  required?: boolean;
}

/** One of the names there are; a name that is not among them stays visible as what it is. */
export function ChoiceField({ label, path, hint, options, none, required = false }: ChoiceFieldProps) {
  const field = useFieldState(path);
  const value = typeof field.value === "string" ? field.value : "";
  const strange = field.value !== undefined && field.value !== null && typeof field.value !== "string";
  return (
    <Field label={label} hint={value === "" && field.unset ? field.unset : hint} problem={field.problem} inert={field.inert}>
      {(props) =>
        strange ? (
          <InSourceOnly what={`The file has ${kindOf(field.value)} here: edit it in the source,`} line={field.line} jump={field.jump} />
        ) : (
          <select
            {...props}
            value={value}
            onChange={(event) => field.set(event.target.value)}
            required={required}
            className="field w-full disabled:bg-panel disabled:text-dim"
          >
            {required && value !== "" ? null : <option value="">{none}</option>}
            {value !== "" && !options.includes(value) ? <option value={value}>{visibleString(value)} (not defined)</option> : null}
            {options.map((option) => (
              <option key={option} value={option}>
                {option}
              </option>
            ))}
          </select>
        )
      }
    </Field>
  );
}
