import { useId } from "react";
import type { Path } from "../editor/json-path.ts";
import { Field, InSourceOnly, kindOf, useTypedText } from "./field.tsx";
import type { FieldState } from "./form-scope.ts";
import { useFieldState } from "./form-scope.ts";

interface TextFieldProps {
  label: string;
  path: Path;
  hint?: string;
  placeholder?: string;
  /** Names to choose from; others may be typed. */
  names?: readonly string[];
}

function Input({ field, label, hint, placeholder, names }: Omit<TextFieldProps, "path"> & { field: FieldState }) {
  const list = useId();
  const written = typeof field.value === "string" ? field.value : "";
  const typed = useTypedText(written, (text) => field.set(text.trim()));
  return (
    <Field label={label} hint={written === "" && field.unset ? field.unset : hint} problem={field.problem} inert={field.inert}>
      {(props) => (
        <>
          <input
            {...props}
            {...typed}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            list={names ? list : undefined}
            className="field data w-full disabled:bg-panel disabled:text-dim"
          />
          {names ? (
            <datalist id={list}>
              {names.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          ) : null}
        </>
      )}
    </Field>
  );
}

/** One line of text at a key. */
export function TextField({ path, ...rest }: TextFieldProps) {
  const field = useFieldState(path);
  if (field.value !== undefined && field.value !== null && typeof field.value !== "string")
    return (
      <Field label={rest.label} problem={field.problem} inert={field.inert}>
        {() => (
          <InSourceOnly what={`The file has ${kindOf(field.value)} here: edit it in the source,`} line={field.line} jump={field.jump} />
        )}
      </Field>
    );
  return <Input field={field} {...rest} />;
}

interface LinesFieldProps {
  label: string;
  path: Path;
  hint: string;
  /** Whether entries may stand beside one another. */
  inline?: boolean;
  /** How many lines it is high. */
  rows?: number;
  spelled?: (text: string) => string;
}

function entriesOf(text: string, separator: RegExp, spelled: (text: string) => string): string[] {
  const entries = text.split(separator).map((entry) => spelled(entry.trim()));
  return [...new Set(entries)].filter(Boolean);
}

/** A list of short texts, one a line. */
export function LinesField({ label, path, hint, inline = false, rows = 2, spelled = (text) => text }: LinesFieldProps) {
  const field = useFieldState(path, true);
  const list = Array.isArray(field.value) ? field.value : [];
  const plain = field.value === undefined || (Array.isArray(field.value) && list.every((entry) => typeof entry === "string"));
  const typed = useTypedText(list.map(String).join(inline ? " " : "\n"), (text) =>
    field.set(entriesOf(text, inline ? /[\s,]+/ : /\n/, spelled)),
  );
  return (
    <Field label={label} hint={hint} problem={field.problem} inert={field.inert}>
      {(props) =>
        plain ? (
          <textarea
            {...props}
            {...typed}
            rows={rows}
            spellCheck={false}
            className={`field data h-auto w-full ${rows === 1 ? "resize-none overflow-hidden" : "resize-y"} py-1 leading-5 disabled:bg-panel disabled:text-dim`}
          />
        ) : (
          <InSourceOnly what="Not a list of plain texts: edit it in the source," line={field.line} jump={field.jump} />
        )
      }
    </Field>
  );
}
