import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { inertLine } from "../inert-line.ts";
import type { Programs } from "../programs.ts";
import { exited } from "../programs.ts";

/** Runs beside the agent and ends it at once when the pipe does; the agent itself looks after its program only now and then. */
const KEEPER = 'echo ready; cat >/dev/null; kill "$SSH_AGENT_PID"';

/**
 * An ssh-agent of the gate's own, started when the first key comes. It lives as long as a program of ours does that reads from
 * a pipe to this process: however this process ends, kill -9 included, the agent and its keys go with it.
 */
export class SshAgent {
  readonly #programs: Programs;
  readonly #socket: string;
  readonly #died: () => void;
  #starting: Promise<ChildProcess> | null = null;

  /** `died` is called when it ends without having been closed. */
  constructor(programs: Programs, socket: string, died: () => void) {
    this.#programs = programs;
    this.#socket = socket;
    this.#died = died;
  }

  /** Why the agent did not take the key, or null. The key goes over standard input: never on disk, never in an argument. */
  async add(privateKey: string, seconds: number): Promise<string | null> {
    try {
      await this.#start();
    } catch {
      return "it could not be started";
    }
    const added = await this.#programs.run("ssh-add", ["-q", "-t", String(seconds), "-"], { input: privateKey, env: this.#env });
    return added.code === 0 ? null : inertLine(added.stderr, 200);
  }

  async remove(publicKey: string): Promise<void> {
    if (this.#starting === null) return;
    await this.#programs.run("ssh-add", ["-q", "-d", "-"], { input: `${publicKey}\n`, env: this.#env });
  }

  async close(): Promise<void> {
    const starting = this.#starting;
    this.#starting = null;
    if (starting === null) return;
    await this.#programs.run("ssh-add", ["-q", "-D"], { env: this.#env });
    const keeper = await starting.catch(() => null);
    keeper?.stdin?.end();
    rmSync(this.#socket, { force: true });
  }

  get #env(): Record<string, string> {
    return { SSH_AUTH_SOCK: this.#socket };
  }

  #start(): Promise<ChildProcess> {
    this.#starting ??= this.#launch().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  async #launch(): Promise<ChildProcess> {
    // Left behind by a run that was killed: nobody listens on it any more.
    rmSync(this.#socket, { force: true });
    const keeper = this.#programs.spawn("ssh-agent", ["-P", "none", "-a", this.#socket, "sh", "-c", KEEPER], ["pipe", "pipe", "ignore"]);
    const ended = exited(keeper);
    void ended.then(() => this.#afterEnd());
    if (keeper.stdout === null) throw new Error("no pipe to the ssh-agent");
    const ready = once(keeper.stdout, "data").then(() => true);
    const started = await Promise.race([ready, ended.then(() => false)]);
    if (!started) throw new Error("the ssh-agent did not start");
    return keeper;
  }

  #afterEnd(): void {
    if (this.#starting === null) return;
    this.#starting = null;
    this.#died();
  }
}
