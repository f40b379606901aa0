/** A key as drawn on the keyboard; decoration beside what it does, so hidden from screen readers (aria-keyshortcuts tells them). */
export function Kbd({ children, onAccent = false }: { children: string; onAccent?: boolean }) {
  const colour = onAccent ? "border-on-accent/35 text-on-accent" : "border-line bg-ground text-dim";
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd takes no focus
    <kbd
      aria-hidden="true"
      className={`data inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border px-1 text-xs font-normal ${colour}`}
    >
      {children}
    </kbd>
  );
}
