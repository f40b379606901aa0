import { Check, Minus, X } from "lucide-react";
import type { BottleSummary, StartStep } from "#common/domain/bottle.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { formatDuration } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { Shape } from "../ui/shape.tsx";

const stepWords: Record<StartStep["name"], string> = {
  validate: "Check the manifest",
  image: "Prepare the image",
  networks: "Create its networks",
  create: "Create agent and sidecars",
  copy: "Copy everything in",
  start: "Start",
  ready: "Wait for the sidecars",
  attach: "Attach the terminal",
};

const signs: Record<StartStep["state"], React.ReactNode> = {
  waiting: <span className="size-1.5 rounded-full bg-edge" />,
  running: <Shape status="starting" size={13} />,
  done: <Check size={14} className="text-ok" />,
  failed: <X size={14} className="text-bad" />,
  cancelled: <Minus size={14} className="text-faint" />,
};

function Step({ step }: { step: StartStep }) {
  return (
    <li aria-current={step.state === "running" ? "step" : undefined} className="flex items-start gap-3 py-1.5">
      <span aria-hidden="true" className="flex size-5 shrink-0 items-center justify-center">
        {signs[step.state]}
      </span>
      <span className="min-w-0 grow">
        <span className={step.state === "waiting" ? "text-faint" : ""}>{stepWords[step.name]}</span>
        <span className="sr-only">, {step.state}</span>
        {step.detail ? (
          <span className="data block truncate text-sm text-faint">
            <InertText text={step.detail} />
          </span>
        ) : null}
      </span>
      <span className="data text-sm whitespace-nowrap text-faint">{step.durationMs === null ? "" : formatDuration(step.durationMs)}</span>
    </li>
  );
}

/** How far a start has come, or had come when it failed. */
export function StepList({ steps }: { steps: readonly StartStep[] }) {
  return (
    <ol aria-label="Steps of the start">
      {steps.map((step) => (
        <Step key={step.name} step={step} />
      ))}
    </ol>
  );
}

/** The named steps of a start (BTL-1), with a way out at each. */
export function StartProgress({ bottle }: { bottle: BottleSummary }) {
  const cancel = useAction("bottles.cancel-start");
  const done = bottle.steps.filter((step) => step.state === "done").length;
  const running = bottle.steps.find((step) => step.state === "running");
  return (
    <section aria-label="Start progress" className="mx-auto w-full max-w-lg px-6 pt-12">
      <div className="flex items-center gap-3">
        <h2 className="text-lg font-semibold">Starting {bottle.agent}</h2>
        <Button className="ml-auto" disabled={cancel.isPending} onClick={() => cancel.mutate({ slug: bottle.slug })}>
          {cancel.isPending ? "Cancelling…" : "Cancel"}
        </Button>
      </div>
      <div
        role="progressbar"
        aria-label="Start"
        aria-valuemin={0}
        aria-valuemax={bottle.steps.length}
        aria-valuenow={done}
        aria-valuetext={running ? stepWords[running.name] : `${done} of ${bottle.steps.length}`}
        className="mt-3 mb-3 h-1 overflow-hidden rounded-full bg-selected"
      >
        <div
          className="h-full bg-accent transition-[width] duration-200"
          style={{ width: `${(100 * done) / Math.max(1, bottle.steps.length)}%` }}
        />
      </div>
      <StepList steps={bottle.steps} />
      <p className="sr-only" role="status">
        {running ? stepWords[running.name] : ""}
      </p>
      {cancel.error ? <FailureNote error={cancel.error} /> : null}
    </section>
  );
}
