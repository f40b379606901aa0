import type { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Applying as ApplyingSchema } from "#common/ipc/proposal-methods.ts";
import type { Clock } from "../platform/clock.ts";
import { Signal } from "../platform/signal.ts";
import type { ApplyingStep, CapabilityProgress } from "./capability-port.ts";

export type Applying = z.infer<typeof ApplyingSchema>;
type Step = Applying["steps"][number];

const STEPS: readonly ApplyingStep[] = ["build", "create", "pause", "copy", "start", "ready"];
const MAX_LINES = 2000;
const MAX_LINE = 2000;

interface Running {
  readonly id: string;
  readonly slug: Slug;
  readonly cancelling: AbortController;
  readonly log: string[];
  readonly began: Map<ApplyingStep, number>;
  steps: readonly Step[];
  cancellable: boolean;
}

/** Approvals under way that take a while, with what is to be told of them (UI-4). */
export class ApplyingBoard {
  readonly changed = new Signal<void>();
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  list(): Applying[] {
    return [...this.#running.values()].map(({ id, slug, steps, log, cancellable }) => ({
      id,
      slug,
      steps: [...steps],
      log: [...log],
      cancellable,
    }));
  }

  /** Runs one approval, visibly. */
  async run<T>(id: string, slug: Slug, work: (progress: CapabilityProgress, signal: AbortSignal) => Promise<T>): Promise<T> {
    const running: Running = {
      id,
      slug,
      cancelling: new AbortController(),
      log: [],
      began: new Map(),
      steps: STEPS.map((name) => ({ name, state: "waiting", detail: null, durationMs: null })),
      cancellable: true,
    };
    this.#running.set(id, running);
    this.changed.emit();
    try {
      return await work(this.#progress(running), running.cancelling.signal);
    } finally {
      this.#running.delete(id);
      this.changed.emit();
    }
  }

  has(id: string): boolean {
    return this.#running.has(id);
  }

  /** From here on it goes through to the end. */
  commit(id: string): void {
    const running = this.#running.get(id);
    if (running !== undefined) running.cancellable = false;
    this.changed.emit();
  }

  cancel(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined) {
      throw new OperatorError("not-permitted", { message: `${id} is not being carried out here`, hint: "See it in the inbox" });
    }
    if (!running.cancellable) {
      throw new OperatorError("not-permitted", {
        message: `${id} is past the point where it can be cancelled`,
        hint: "Wait until it is done",
      });
    }
    running.cancelling.abort(new OperatorError("cancelled", { message: `The approval of ${id} was cancelled`, hint: "It is open still" }));
  }

  #progress(running: Running): CapabilityProgress {
    const mark = (name: ApplyingStep, change: Partial<Step>) => {
      running.steps = running.steps.map((step) => (step.name === name ? { ...step, ...change } : step));
      this.changed.emit();
    };
    const now = () => this.#clock.now().getTime();
    return {
      begin: (step) => {
        running.began.set(step, now());
        mark(step, { state: "running" });
      },
      done: (step) => mark(step, { state: "done", durationMs: now() - (running.began.get(step) ?? now()) }),
      log: (line) => {
        running.log.push(line.slice(0, MAX_LINE));
        if (running.log.length > MAX_LINES) running.log.shift();
        this.changed.emit();
      },
    };
  }
}
