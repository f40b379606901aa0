import type { LoginShellAnswer } from "../platform/login-shell-env.ts";
import { Signal } from "../platform/signal.ts";

export interface LoginShellReport {
  readonly state: "used" | "failed" | "pending";
  readonly detail: string;
}

/**
 * The operator's environment: this process's own and, where it was not started from a terminal, the login shell's beneath it
 * (ENV-2). The shell is asked once, when a name is wanted that the own environment lacks.
 */
export class OperatorEnv {
  /** The shell was asked, or has answered. */
  readonly changed = new Signal<void>();
  readonly #own: NodeJS.ProcessEnv;
  readonly #ask: (() => Promise<LoginShellAnswer>) | null;
  #asked: Promise<LoginShellAnswer> | null = null;
  #answer: LoginShellAnswer | null = null;
  #report: LoginShellReport | null = null;

  /** `ask` is null where the own environment is the shell's already. */
  constructor(own: NodeJS.ProcessEnv, ask: (() => Promise<LoginShellAnswer>) | null) {
    this.#own = own;
    this.#ask = ask;
  }

  /** How the shell answered; null while it was not needed. Never holds a value. */
  get loginShell(): LoginShellReport | null {
    return this.#report;
  }

  /** An empty variable counts as unset, as it does to most programs that look for a token. */
  async lookup(name: string): Promise<string | undefined> {
    const own = Object.hasOwn(this.#own, name) ? this.#own[name] : undefined;
    if (own !== undefined && own !== "") return own;
    const value = (await this.#shellEnv())?.get(name);
    return value === "" || value === undefined ? own : value;
  }

  /** Whether a name is known to be set, without waiting: the login shell is asked where that is needed, and `changed` tells its answer. */
  knows(name: string): boolean {
    if (Object.hasOwn(this.#own, name) && this.#own[name]) return true;
    void this.#shellEnv();
    return Boolean(this.#answer?.state === "used" && this.#answer.env.get(name));
  }

  /** The values of those `names` that are set. */
  async pick(names: readonly string[]): Promise<NodeJS.ProcessEnv> {
    // Without a prototype: a manifest may name a variable `constructor`.
    const picked: NodeJS.ProcessEnv = Object.create(null);
    for (const name of names) {
      const value = await this.lookup(name);
      if (value !== undefined) picked[name] = value;
    }
    return picked;
  }

  async #shellEnv(): Promise<ReadonlyMap<string, string> | null> {
    if (this.#ask === null) return null;
    this.#asked ??= this.#askOnce(this.#ask);
    const answer = await this.#asked;
    return answer.state === "used" ? answer.env : null;
  }

  async #askOnce(ask: () => Promise<LoginShellAnswer>): Promise<LoginShellAnswer> {
    this.#tell({ state: "pending", detail: "asking the login shell" });
    const answer = await ask().catch((error: Error): LoginShellAnswer => ({ state: "failed", detail: error.message }));
    this.#answer = answer;
    this.#tell({ state: answer.state, detail: answer.detail });
    return answer;
  }

  #tell(report: LoginShellReport): void {
    this.#report = report;
    this.changed.emit();
  }
}
