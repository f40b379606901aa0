import type { Applying } from "#common/ipc/proposal-methods.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { formatDuration } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote } from "../ui/notes.tsx";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { HostileLines } from "./hostile-lines.tsx";

type Step = Applying["steps"][number];

const words: Record<Step["name"], string> = {
  build: "Build the image",
  pause: "Pause the agent",
  create: "Make its new container",
  copy: "Carry over workspace and conversation",
  start: "Start it",
  ready: "Wait until it answers",
};

const shapes: Record<Step["state"], Status> = {
  waiting: "stopped",
  running: "starting",
  done: "running",
  failed: "failed",
  cancelled: "stopped",
};

function StepRow({ step }: { step: Step }) {
  return (
    <li aria-current={step.state === "running" ? "step" : undefined} className="flex items-center gap-2.5">
      <Shape status={shapes[step.state]} />
      <span className={step.state === "waiting" ? "text-faint" : ""}>{words[step.name]}</span>
      <span className="sr-only">{step.state}</span>
      {step.detail ? (
        <span className="min-w-0 truncate text-faint">
          <InertText text={step.detail} />
        </span>
      ) : null}
      {step.durationMs === null ? null : <span className="data ml-auto text-sm text-faint">{formatDuration(step.durationMs)}</span>}
    </li>
  );
}

/** An approval under way: how far it is, what the build says, and how to stop it. */
export function ApplyingCard({ applying }: { applying: Applying }) {
  const cancel = useAction("proposals.cancel");
  const at = applying.steps.filter(({ state }) => state === "done").length;
  const step = applying.steps.find(({ state }) => state === "running");
  return (
    <Card
      title={<b className="font-semibold">Being applied</b>}
      aside={
        <Button
          disabled={!applying.cancellable || cancel.isPending}
          title={applying.cancellable ? undefined : "The agent is being replaced: it is finished first."}
          onClick={() => cancel.mutate({ id: applying.id })}
        >
          {cancel.isPending ? "Cancelling…" : "Cancel"}
        </Button>
      }
    >
      {cancel.error ? <FailureNote error={cancel.error} /> : null}
      <div
        role="progressbar"
        aria-label="Approval"
        aria-valuemin={0}
        aria-valuemax={applying.steps.length}
        aria-valuenow={at}
        aria-valuetext={step ? words[step.name] : "done"}
        className="h-0.5 bg-line"
      >
        <div className="h-full bg-accent" style={{ width: `${(100 * at) / Math.max(1, applying.steps.length)}%` }} />
      </div>
      <p role="status" className="sr-only">
        {step ? words[step.name] : "Done"}
      </p>
      <ol
        aria-label="Steps"
        className="grid grid-cols-[repeat(auto-fit,minmax(15rem,1fr))] gap-x-6 gap-y-1.5 border-b border-line px-3 py-2.5"
      >
        {applying.steps.map((each) => (
          <StepRow key={each.name} step={each} />
        ))}
      </ol>
      <HostileLines lines={applying.log} label="Build log" live />
    </Card>
  );
}
