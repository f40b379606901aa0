import { Eye, EyeOff } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useId, useState } from "react";
import { IconButton } from "./button.tsx";

/** The field's element, of either kind. */
export type SecretElement = HTMLInputElement & HTMLTextAreaElement;

interface SecretFieldProps {
  label: ReactNode;
  /** The field itself: its value is read when the form is sent, and is in no state. */
  field: RefObject<SecretElement | null>;
  /** Whether there is anything in it now. */
  onFilled?: (filled: boolean) => void;
  hint?: ReactNode;
  /** Keys have several lines; pasted into a one-line field they would be joined. */
  multiline?: boolean;
  required?: boolean;
}

/** Something to type that nobody beside the operator should read. Uncontrolled: what is typed lives in the field and nowhere else. */
export function SecretField({ label, field, onFilled, hint, multiline = false, required = true }: SecretFieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const common = {
    id,
    ref: field,
    required,
    autoComplete: "off",
    autoCapitalize: "off",
    autoCorrect: "off",
    spellCheck: false,
    maxLength: 64 * 1024,
    "aria-describedby": hint ? `${id}-hint` : undefined,
    onInput: (event: React.FormEvent<HTMLInputElement | HTMLTextAreaElement>) => onFilled?.(event.currentTarget.value !== ""),
  };
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-dim">
        {label}
      </label>
      <div className="relative flex">
        {multiline ? (
          <textarea {...common} rows={3} className={`field data h-auto w-full resize-y py-1 pr-9 ${shown ? "" : "concealed"}`} />
        ) : (
          <input {...common} type={shown ? "text" : "password"} className="field data w-full pr-9" />
        )}
        <IconButton
          label={shown ? "Hide what is typed" : "Show what is typed"}
          aria-pressed={shown}
          aria-controls={id}
          onClick={() => setShown(!shown)}
          className="absolute top-px right-px"
        >
          {shown ? <EyeOff size={14} aria-hidden="true" /> : <Eye size={14} aria-hidden="true" />}
        </IconButton>
      </div>
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
