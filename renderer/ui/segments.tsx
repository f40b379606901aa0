import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";

interface SegmentsProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
  disabled?: boolean;
  /** For a narrow column. */
  dense?: boolean;
}

/** One of a few, all visible. */
export function Segments<T extends string>({ label, options, value, onChange, disabled = false, dense = false }: SegmentsProps<T>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => onChange(next as T)}
      className={`inline-flex items-center rounded-md border border-line bg-raised p-0.5 data-disabled:opacity-60 ${dense ? "h-6.5 text-sm" : "h-7.5"}`}
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          aria-label={option.label}
          className={`inline-flex h-full items-center rounded-sm ${dense ? "grow justify-center px-1.5" : "px-2.5"} text-dim select-none hover:text-text data-checked:bg-selected data-checked:text-text data-checked:shadow-[inset_0_0_0_1px_var(--edge)]`}
        >
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
