import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { asFailure } from "../bridge/bridge.ts";
import { InertText } from "./inert-text.tsx";

const tones = {
  bad: "border-bad/50 bg-bad-ground text-bad",
  warn: "border-warn/50 bg-warn-ground text-warn",
} as const;

/** Something wrong and what to do about it, where it matters. */
export function Note({
  tone,
  title,
  children,
  action,
}: {
  tone: "bad" | "warn";
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      className={`flex shrink-0 items-start gap-2.5 rounded-lg border px-3 py-2 ${tones[tone]}`}
    >
      <TriangleAlert size={15} className="mt-0.5 shrink-0" aria-hidden="true" />
      <div className="min-w-0 grow">
        <p className="font-medium break-words">{title}</p>
        {children ? <div className="text-dim break-words">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}

/** A failed call in words: what happened, then what to do next. Messages repeat names that others chose. */
export function FailureNote({ error, action }: { error: unknown; action?: ReactNode }) {
  const failure = asFailure(error);
  return (
    <Note tone="bad" title={<InertText text={failure.message} />} action={action}>
      {failure.hint ? <InertText text={failure.hint} /> : null}
    </Note>
  );
}

interface EmptyStateProps {
  title: string;
  /** Whether the title is the view's own heading. */
  main?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}

/** What to do where there is nothing yet. */
export function EmptyState({ title, main = false, children, actions }: EmptyStateProps) {
  const Heading = main ? "h1" : "h2";
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 pt-[14vh] pb-10 text-center">
      <Heading className="text-lg font-semibold">{title}</Heading>
      {children ? <div className="text-dim">{children}</div> : null}
      {actions ? <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}
