import { Segments } from "../../ui/segments.tsx";
import type { Path } from "../editor/json-path.ts";
import { Field, InSourceOnly } from "./field.tsx";
import { useFieldState } from "./form-scope.ts";

const options = [
  { value: "unset", label: "not set" },
  { value: "true", label: "on" },
  { value: "false", label: "off" },
] as const;

interface FlagFieldProps {
  label: string;
  path: Path;
  /** What on means. */
  hint: string;
}

/** On, off, or left to what is inherited: three states, because saying "off" and saying nothing differ. */
export function FlagField({ label, path, hint }: FlagFieldProps) {
  const field = useFieldState(path);
  const { value } = field;
  const strange = value !== undefined && typeof value !== "boolean";
  return (
    <Field
      group
      label={label}
      hint={value === undefined && field.unset ? `${field.unset}. ${hint}` : hint}
      problem={field.problem}
      inert={field.inert}
    >
      {({ disabled }) =>
        strange ? (
          <InSourceOnly what="Neither true nor false: edit it in the source," line={field.line} jump={field.jump} />
        ) : (
          <Segments
            label={label}
            options={options}
            disabled={disabled}
            value={value === undefined ? "unset" : value ? "true" : "false"}
            onChange={(next) => field.set(next === "unset" ? undefined : next === "true")}
          />
        )
      }
    </Field>
  );
}
