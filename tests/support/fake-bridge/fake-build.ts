import type { Proposal } from "#common/domain/proposal.ts";
import type { Applying } from "#common/ipc/proposal-methods.ts";

const names = ["build", "pause", "create", "copy", "start", "ready"] as const;

function stepsAt(index: number): Applying["steps"] {
  return names.map((name, at) => ({
    name,
    state: at < index ? "done" : at === index ? "running" : "waiting",
    detail: null,
    durationMs: at < index ? 900 + at * 70 : null,
  }));
}

const firstLines = [
  "Step 1/5 : FROM bot-bottle-agent",
  "Step 2/5 : RUN apt-get update && apt-get install -y --no-install-recommends jq postgresql-client ripgrep",
  "Get:1 http://deb.debian.org/debian stable InRelease [140 kB]",
  "\x1b[31mdebconf: delaying package configuration, since apt-utils is not installed\x1b[0m",
];

/** An image under construction; it goes on when a test says so. */
export class FakeBuild {
  readonly #publish: (applying: Applying[]) => void;
  #running: Applying | null = null;
  #end: ((problem: string | null) => void) | null = null;

  constructor(publish: (applying: Applying[]) => void) {
    this.#publish = publish;
  }

  get applying(): Applying[] {
    return this.#running ? [this.#running] : [];
  }

  /** Resolves with what went wrong, or with null. */
  async run({ id, slug }: Proposal): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    this.#end = resolve;
    this.#show({ id, slug, steps: stepsAt(0), log: firstLines, cancellable: true });
    const problem = await promise;
    this.#show(null);
    return problem;
  }

  say(...lines: string[]): void {
    if (this.#running) this.#show({ ...this.#running, log: [...this.#running.log, ...lines] });
  }

  /** The image is there; from here on the agent is being replaced. */
  replace(): void {
    if (this.#running) this.#show({ ...this.#running, steps: stepsAt(3), cancellable: false });
  }

  finish(): void {
    this.#end?.(null);
  }

  fail(problem: string): void {
    this.#end?.(problem);
  }

  cancel(id: string): void {
    if (this.#running?.id === id) this.#end?.("The build was cancelled.");
  }

  #show(running: Applying | null): void {
    this.#running = running;
    this.#publish(this.applying);
  }
}
