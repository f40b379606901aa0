import type { ReactNode } from "react";

type Tone = "plain" | "ok" | "warn" | "bad" | "accent";

const tones: Record<Tone, string> = {
  plain: "border-line text-dim",
  ok: "border-ok/45 text-ok",
  warn: "border-warn/45 text-warn",
  bad: "border-bad/45 text-bad",
  accent: "border-accent/45 text-accent",
};

/** A short outlined word beside what it qualifies. */
export function Tag({
  tone = "plain",
  mono = false,
  title,
  children,
}: {
  tone?: Tone;
  mono?: boolean;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={`inline-flex h-4.5 shrink-0 items-center rounded-sm border px-1.5 text-xs whitespace-nowrap ${mono ? "data" : ""} ${tones[tone]}`}
    >
      {children}
    </span>
  );
}

/** A rounded label in a heading: provider, backend, workspace. */
export function Pill({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span
      title={title}
      className="inline-flex h-5.5 min-w-0 items-center gap-1.5 overflow-hidden rounded-full border border-line px-2.5 text-sm whitespace-nowrap text-dim"
    >
      {children}
    </span>
  );
}
