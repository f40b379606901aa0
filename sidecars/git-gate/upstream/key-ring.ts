import { chmodSync, rmSync, writeFileSync } from "node:fs";
import type { RepoStatus } from "#common/domain/git.ts";
import type { SshKey } from "../../kit/git-gate-worker.ts";
import type { Programs } from "../programs.ts";
import { readPublicKey } from "./private-key.ts";
import { SshAgent } from "./ssh-agent.ts";
import type { SshFiles } from "./ssh-options.ts";
import { endSharing } from "./ssh-options.ts";

/** The longest time a timer can wait for. */
const MAX_LIFETIME_SECONDS = 24 * 24 * 3600;

interface HeldKey {
  readonly publicKey: string;
  readonly expiresAt: Date;
  readonly timer: NodeJS.Timeout;
}

export type KeyState = Pick<RepoStatus, "key" | "keyExpiresAt">;

export interface KeyRingParts {
  readonly programs: Programs;
  readonly agentSocket: string;
  /** By repository. */
  readonly files: ReadonlyMap<string, SshFiles>;
  readonly now: () => Date;
  changed(): void;
}

/** The repositories' SSH keys, each with a time limit, in the memory of an ssh-agent and nowhere else (SSH-4, D10). */
export class KeyRing {
  readonly #parts: KeyRingParts;
  readonly #agent: SshAgent;
  readonly #held = new Map<string, HeldKey>();
  readonly #expired = new Set<string>();

  constructor(parts: KeyRingParts) {
    this.#parts = parts;
    this.#agent = new SshAgent(parts.programs, parts.agentSocket, () => this.#forgetAll());
  }

  state(repo: string): KeyState {
    const held = this.#held.get(repo);
    if (held !== undefined) return { key: "ready", keyExpiresAt: held.expiresAt.toISOString() };
    return { key: this.#expired.has(repo) ? "expired" : "missing", keyExpiresAt: null };
  }

  /** Why the key cannot be used, or null when it is ready. The text never quotes it. */
  async give(repo: string, key: SshKey): Promise<string | null> {
    const read = await readPublicKey(this.#parts.programs, key.privateKey);
    if (!read.ok) return `the key of ${repo} ${read.problem}`;
    const files = this.#filesOf(repo);
    const seconds = Math.min(key.lifetimeSeconds, MAX_LIFETIME_SECONDS);
    const problem = await this.#agent.add(read.text, seconds);
    if (problem !== null) return `the ssh-agent did not take the key of ${repo}: ${problem}`;
    const before = this.#held.get(repo);
    writeFileSync(files.publicKey, `${read.publicKey}\n`, { mode: 0o600 });
    chmodSync(files.publicKey, 0o600);
    this.#hold(repo, read.publicKey, seconds);
    if (before !== undefined && before.publicKey !== read.publicKey) await this.#dismiss(repo, before);
    this.#parts.changed();
    return null;
  }

  /** Forgets a key at once; connections that it opened are ended. */
  async take(repo: string): Promise<void> {
    const held = this.#held.get(repo);
    this.#held.delete(repo);
    this.#expired.delete(repo);
    if (held !== undefined) await this.#dismiss(repo, held);
    this.#parts.changed();
  }

  /** Ends the connection that the repository's programs share, so that the next one proves host and key anew. */
  async endConnection(repo: string): Promise<void> {
    await this.#parts.programs.run("ssh", endSharing(this.#filesOf(repo)));
  }

  async close(): Promise<void> {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    await Promise.all([...this.#held.keys()].map((repo) => this.endConnection(repo)));
    this.#held.clear();
    await this.#agent.close();
  }

  #hold(repo: string, publicKey: string, seconds: number): void {
    clearTimeout(this.#held.get(repo)?.timer);
    const expiresAt = new Date(this.#parts.now().getTime() + seconds * 1000);
    const timer = setTimeout(() => this.#expire(repo), seconds * 1000);
    this.#held.set(repo, { publicKey, expiresAt, timer });
    this.#expired.delete(repo);
  }

  /** The agent died, and the keys with it. */
  #forgetAll(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
    this.#parts.changed();
  }

  /** The agent has forgotten it by itself. */
  #expire(repo: string): void {
    this.#held.delete(repo);
    this.#expired.add(repo);
    this.endConnection(repo).catch(() => undefined);
    this.#parts.changed();
  }

  async #dismiss(repo: string, { publicKey, timer }: HeldKey): Promise<void> {
    if (this.#held.get(repo)?.timer !== timer) clearTimeout(timer);
    const needed = [...this.#held.values()].some((other) => other.publicKey === publicKey);
    if (!needed) await this.#agent.remove(publicKey);
    if (!this.#held.has(repo)) rmSync(this.#filesOf(repo).publicKey, { force: true });
    await this.endConnection(repo);
  }

  #filesOf(repo: string): SshFiles {
    const files = this.#parts.files.get(repo);
    if (files === undefined) throw new Error(`there is no repository ${repo}`);
    return files;
  }
}
