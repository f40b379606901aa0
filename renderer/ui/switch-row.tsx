import { Switch } from "@base-ui/react/switch";
import type { ReactNode } from "react";
import { useId } from "react";

/** One setting in a card. */
export function SettingRow({ children }: { children: ReactNode }) {
  return <div className="flex items-center gap-6 border-b border-line/60 px-3 py-2.5 last:border-b-0">{children}</div>;
}

interface SwitchRowProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A setting that is on or off, with what it does. */
export function SwitchRow({ label, hint, checked, onChange }: SwitchRowProps) {
  const id = useId();
  return (
    <SettingRow>
      <div className="min-w-0 grow">
        <p id={id}>{label}</p>
        <p id={`${id}-hint`} className="text-sm text-faint">
          {hint}
        </p>
      </div>
      <Switch.Root
        aria-labelledby={id}
        aria-describedby={`${id}-hint`}
        checked={checked}
        onCheckedChange={onChange}
        className="flex h-5 w-9 shrink-0 items-center rounded-full border border-edge bg-raised p-0.5 data-checked:border-accent data-checked:bg-accent"
      >
        <Switch.Thumb className="size-3.5 rounded-full bg-dim transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
      </Switch.Root>
    </SettingRow>
  );
}
