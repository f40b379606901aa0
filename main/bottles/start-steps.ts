import type { StartStep } from "#common/domain/bottle.ts";
import { StartStepName } from "#common/domain/bottle.ts";
import type { Progress } from "../backends/backend.ts";
import type { Clock } from "../platform/clock.ts";

/** The named steps of one start, as they go (BTL-1). Every change is told to `onChange` with the whole list. */
export class StartSteps implements Progress {
  readonly #clock: Clock;
  readonly #onChange: (steps: readonly StartStep[]) => void;
  readonly #began = new Map<StartStepName, number>();
  #steps: readonly StartStep[] = StartStepName.options.map((name) => ({ name, state: "waiting", detail: null, durationMs: null }));

  constructor(clock: Clock, onChange: (steps: readonly StartStep[]) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get steps(): readonly StartStep[] {
    return this.#steps;
  }

  begin(step: StartStepName): void {
    this.#began.set(step, this.#clock.now().getTime());
    this.#change(step, { state: "running", detail: null });
  }

  /** Belongs to the step that began last among those running: steps may overlap. */
  detail(text: string): void {
    const running = this.#steps.findLast(({ state }) => state === "running");
    if (running !== undefined) this.#change(running.name, { detail: text.slice(0, 500) });
  }

  done(step: StartStepName): void {
    this.#change(step, { state: "done", durationMs: this.#elapsed(step) });
  }

  /** Ends what runs as failed or cancelled; what waited stays so. */
  end(state: "failed" | "cancelled", detail: string): void {
    for (const step of this.#steps)
      if (step.state === "running") this.#change(step.name, { state, detail, durationMs: this.#elapsed(step.name) });
  }

  #elapsed(step: StartStepName): number {
    const now = this.#clock.now().getTime();
    return now - (this.#began.get(step) ?? now);
  }

  #change(name: StartStepName, change: Partial<StartStep>): void {
    this.#steps = this.#steps.map((step) => (step.name === name ? { ...step, ...change } : step));
    this.#onChange(this.#steps);
  }
}
