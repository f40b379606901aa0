import type { ComponentProps, ReactNode } from "react";
import { Kbd } from "./kbd.tsx";

type Variant = "primary" | "plain" | "danger" | "ghost";

const variants: Record<Variant, string> = {
  primary: "bg-accent text-on-accent font-semibold border-transparent hover:brightness-110 active:brightness-95",
  plain: "bg-raised text-text border-line hover:bg-selected hover:border-edge",
  danger: "bg-raised text-bad border-line hover:bg-bad-ground hover:border-bad",
  ghost: "bg-transparent text-dim border-transparent hover:bg-selected hover:text-text",
};

interface ButtonProps extends ComponentProps<"button"> {
  variant?: Variant;
  /** The key that does the same, shown on the button. */
  hotkey?: string;
  icon?: ReactNode;
}

/** Disabled buttons stay focusable, so that their reason (aria-describedby) can be read. */
export function Button({ variant = "plain", hotkey, icon, className = "", children, disabled, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={disabled || undefined}
      aria-keyshortcuts={hotkey}
      onClick={disabled ? (event) => event.preventDefault() : onClick}
      className={`inline-flex h-7.5 shrink-0 items-center gap-2 rounded-md border px-3 whitespace-nowrap select-none aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-raised aria-disabled:text-faint aria-disabled:brightness-100 ${variants[variant]} ${className}`}
    >
      {icon}
      {children}
      {hotkey ? <Kbd onAccent={variant === "primary" && !disabled}>{hotkey}</Kbd> : null}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<"button"> {
  label: string;
}

export function IconButton({ label, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`inline-flex size-7 shrink-0 items-center justify-center rounded-md text-dim hover:bg-selected hover:text-text aria-pressed:bg-selected aria-pressed:text-text ${className}`}
    />
  );
}
