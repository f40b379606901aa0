import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Timestamp } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { Proposal } from "#common/domain/proposal.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { Clock } from "../platform/clock.ts";
import { withFileLock } from "../platform/file-lock.ts";
import type { HomePaths } from "../platform/home.ts";
import { Signal } from "../platform/signal.ts";

export const SNOOZES_FILE = "snoozed.json";

const Snoozed = z.strictObject({ id: Proposal.shape.id, until: Timestamp });
type Snoozed = z.infer<typeof Snoozed>;

const MAX_SNOOZED = 10_000;
/** A machine that sleeps stops timers, not clocks, and a clock may be set meanwhile. */
const MAX_SLEEP_MS = 5 * 60_000;

/** Proposals that the operator put out of the way until a time (SUP-4); a file, so that every client and the next panel know. */
export class Snoozes implements Disposable {
  readonly changed = new Signal<readonly Snoozed[]>();
  readonly #home: HomePaths;
  readonly #clock: Clock;
  #known: readonly Snoozed[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(home: HomePaths, clock: Clock) {
    this.#home = home;
    this.#clock = clock;
  }

  /** Those whose time is still to come. */
  async list(): Promise<Snoozed[]> {
    return this.#asleep(await this.#read());
  }

  /** Null wakes them now. */
  async set(ids: readonly string[], until: string | null): Promise<void> {
    if (until !== null && Date.parse(until) <= this.#clock.now().getTime()) {
      throw new OperatorError("bad-input", { message: "That time is over", hint: "Choose a time to come" });
    }
    for (const id of ids) requireId(id);
    await withFileLock(this.#home.state, ".snoozed", async () => {
      const others = (await this.list()).filter(({ id }) => !ids.includes(id));
      const all = until === null ? others : [...others, ...ids.map((id) => ({ id, until }))];
      if (all.length > MAX_SNOOZED) throw new OperatorError("conflict", { message: "Too many proposals are snoozed", hint: "Decide some" });
      await mkdir(this.#home.state, { recursive: true, mode: 0o700 });
      await writeFileAtomic(this.#file(), `${JSON.stringify(all)}\n`, 0o600);
    });
    await this.reload();
  }

  /** Takes up what any client wrote, tells what changed, and wakes the next in time. */
  async reload(): Promise<void> {
    const all = await this.list();
    this.#wakeAt(all);
    if (JSON.stringify(all) === JSON.stringify(this.#known)) return;
    this.#known = all;
    this.changed.emit(all);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wakeAt(all: readonly Snoozed[]): void {
    this[Symbol.dispose]();
    if (all.length === 0) return;
    const next = Math.min(...all.map(({ until }) => Date.parse(until))) - this.#clock.now().getTime();
    this.#timer = setTimeout(() => void this.reload().catch(() => undefined), Math.min(Math.max(next, 1), MAX_SLEEP_MS));
    this.#timer.unref();
  }

  #asleep(all: readonly Snoozed[]): Snoozed[] {
    const now = this.#clock.now().getTime();
    return all.filter(({ until }) => Date.parse(until) > now);
  }

  /** What cannot be read as such a list puts nothing out of sight. */
  async #read(): Promise<Snoozed[]> {
    const text = await readFile(this.#file(), "utf8").catch(() => "[]");
    try {
      const parsed = z.array(Snoozed).max(MAX_SNOOZED).safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : [];
    } catch {
      return [];
    }
  }

  #file(): string {
    return join(this.#home.state, SNOOZES_FILE);
  }
}

function requireId(id: string): void {
  if (Proposal.shape.id.safeParse(id).success) return;
  throw new OperatorError("bad-input", { message: "That is not the id of a proposal", hint: "See them with `bot-bottle proposals list`" });
}
