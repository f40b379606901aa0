import type { MethodInput, MethodName, MethodOutput } from "#common/ipc/contract.ts";
import type { ManifestCheck, ManifestSource } from "#common/ipc/manifest-methods.ts";
import { asFailure } from "../../bridge/bridge.ts";
import type { Change, Json } from "./json-path.ts";
import { withChange } from "./json-path.ts";
import type { KeptDraft } from "./kept-drafts.ts";

export interface DraftState {
  /** The text as it stands in the editor. */
  readonly source: string;
  /** What is on disk as far as known. */
  readonly saved: ManifestSource;
  /** Whether the text could be read as frontmatter; null before it was tried. */
  readonly readable: boolean | null;
  /** The frontmatter as the form shows it: the last that could be read, with the form's own changes. */
  readonly frontmatter: Json;
  readonly body: string;
  /** The last check, possibly of an older text. */
  readonly check: ManifestCheck | null;
  /** The text that was checked. */
  readonly checkedSource: string | null;
  /** What the file became elsewhere while this draft has changes of its own. */
  readonly conflict: ManifestSource | null;
  /** The file is no longer there. */
  readonly gone: boolean;
  readonly saving: boolean;
  readonly failure: Error | null;
}

/** Main, as far as a draft needs it. */
export interface DraftCalls {
  call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>;
  /** Runs something after a pause; returns how to call it off. */
  later(ms: number, run: () => void): () => void;
}

const CHECK_AFTER_MS = 180;
const MAX_CHANGES = 100;

/** Runs an asynchronous job again while it is asked for, never twice at once: the last asking wins. */
class Latest {
  #running = false;
  #again = false;
  readonly #job: () => Promise<void>;

  constructor(job: () => Promise<void>) {
    this.#job = job;
  }

  ask(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    void this.#job().finally(() => {
      this.#running = false;
      if (!this.#again) return;
      this.#again = false;
      this.ask();
    });
  }
}

/**
 * One file being edited: the text is the truth, the form is read from it, and what the form changes is written into it by main, which
 * keeps comments and order. A change shows in the form at once and is settled when the new text has been read.
 */
export class ManifestDraft {
  readonly #calls: DraftCalls;
  readonly #listeners = new Set<() => void>();
  readonly #parsing = new Latest(() => this.#parse());
  readonly #checking = new Latest(() => this.#check());
  readonly #editing = new Latest(() => this.#edit());
  readonly #rereading = new Latest(() => this.#reread());
  /** The form's changes that the text does not hold yet, and the new body if that is one of them. */
  #waiting: Change[] = [];
  #waitingBody: string | null = null;
  /** Those the text holds, but which have not been read back. */
  #settling: Change[] = [];
  #read: { frontmatter: Json; body: string } = { frontmatter: {}, body: "" };
  #callOffCheck = () => {};
  state: DraftState;

  /** `kept`: what had been typed before the window went away. */
  constructor(file: ManifestSource, calls: DraftCalls, kept: KeptDraft | null = null) {
    this.#calls = calls;
    const resumed = kept !== null && kept.source !== file.source && file.writable;
    this.state = {
      source: resumed ? kept.source : file.source,
      saved: file,
      readable: null,
      frontmatter: {},
      body: "",
      check: null,
      checkedSource: null,
      conflict: resumed && kept.digest !== file.digest ? file : null,
      gone: false,
      saving: false,
      failure: null,
    };
    this.#parsing.ask();
    this.#checking.ask();
  }

  get dirty(): boolean {
    return this.state.source !== this.state.saved.source || this.state.gone;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The operator typed in the source. */
  type(source: string): void {
    if (source === this.state.source) return;
    this.#setSource(source);
  }

  /** The operator changed something in the form. */
  change(...changes: readonly Change[]): void {
    this.#waiting = [...this.#waiting, ...changes];
    this.#show();
    this.#editing.ask();
  }

  changeBody(body: string): void {
    this.#waitingBody = body;
    this.#update({ body });
    this.#editing.ask();
  }

  async save(): Promise<boolean> {
    const { source, saved, gone } = this.state;
    this.#update({ saving: true, failure: null });
    try {
      const written = await this.#calls.call("manifests.save", { ...this.#ref(), source, digest: gone ? null : saved.digest });
      this.#update({ saved: written, gone: false, conflict: null });
      return true;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === "conflict" || failure.code === "not-found") await this.#reread();
      if (failure.code !== "conflict") this.#update({ failure });
      return false;
    } finally {
      this.#update({ saving: false });
    }
  }

  /** Back to what is on disk, and if that is nothing, content with it. */
  discard(): void {
    if (this.state.conflict) return this.takeTheirs();
    this.#update({ gone: false });
    this.#setSource(this.state.saved.source);
  }

  /** Keeps the draft and saves over what the file became. */
  keepMine(): void {
    if (this.state.conflict) this.#update({ saved: this.state.conflict, conflict: null });
  }

  takeTheirs(): void {
    const { conflict } = this.state;
    if (!conflict) return;
    this.#update({ saved: conflict, conflict: null });
    this.#setSource(conflict.source);
  }

  /** The editor is left: nothing is asked any more. */
  close(): void {
    this.#callOffCheck();
  }

  /** Files changed on disk: perhaps this one, perhaps one that it rests on. */
  filesChanged(): void {
    this.#rereading.ask();
    this.#checking.ask();
  }

  #ref() {
    const { kind, name, workspace } = this.state.saved;
    return { kind, name, workspace };
  }

  #update(change: Partial<DraftState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #setSource(source: string): void {
    this.#update({ source, failure: null });
    this.#parsing.ask();
    this.#callOffCheck();
    this.#callOffCheck = this.#calls.later(CHECK_AFTER_MS, () => this.#checking.ask());
  }

  #show(readable = this.state.readable): void {
    const { frontmatter, body } = this.#read;
    const pending = [...this.#settling, ...this.#waiting];
    this.#update({ readable, frontmatter: pending.reduce(withChange, frontmatter), body: this.#waitingBody ?? body });
  }

  async #parse(): Promise<void> {
    const { source } = this.state;
    const settling = this.#settling.length;
    try {
      const read = await this.#calls.call("manifests.parse", { kind: this.state.saved.kind, source });
      if (source !== this.state.source) return this.#parsing.ask();
      this.#settling = this.#settling.slice(settling);
      if (read.frontmatter !== null) this.#read = { frontmatter: read.frontmatter as Json, body: read.body };
      this.#show(read.frontmatter !== null);
    } catch (error) {
      this.#update({ failure: asFailure(error) });
    }
  }

  async #check(): Promise<void> {
    const { source } = this.state;
    try {
      const check = await this.#calls.call("manifests.check", { ...this.#ref(), source });
      if (source !== this.state.source) return;
      this.#update({ check, checkedSource: source });
    } catch (error) {
      this.#update({ failure: asFailure(error) });
    }
  }

  /** Writes the form's changes into the text; again, where the text changed meanwhile. */
  async #edit(): Promise<void> {
    const { source } = this.state;
    const changes = this.#waiting.slice(0, MAX_CHANGES);
    const body = this.#waitingBody;
    if (changes.length === 0 && body === null) return;
    try {
      const edited = await this.#calls.call("manifests.edit", { source, changes, body });
      if (source !== this.state.source) return this.#editing.ask();
      this.#settled(changes.length, body);
      this.#setSource(edited.source);
      if (this.#waiting.length > 0 || this.#waitingBody !== null) this.#editing.ask();
    } catch (error) {
      this.#settled(changes.length, body);
      this.#settling = [];
      this.#update({ failure: asFailure(error) });
      this.#show();
    }
  }

  #settled(changes: number, body: string | null): void {
    this.#settling = [...this.#settling, ...this.#waiting.slice(0, changes)];
    this.#waiting = this.#waiting.slice(changes);
    if (this.#waitingBody === body) {
      this.#waitingBody = null;
      if (body !== null) this.#read = { ...this.#read, body };
    }
  }

  async #reread(): Promise<void> {
    try {
      const disk = await this.#calls.call("manifests.read", this.#ref());
      this.#meet(disk);
    } catch (error) {
      if (asFailure(error).code === "not-found") this.#update({ gone: true, conflict: null });
    }
  }

  /** What is on disk now, seen while a draft is open. */
  #meet(disk: ManifestSource): void {
    const { saved, source, gone } = this.state;
    if (disk.digest === saved.digest && !gone) return;
    if (disk.source === source) this.#update({ saved: disk, conflict: null, gone: false });
    else if (source === saved.source) {
      this.#update({ saved: disk, conflict: null, gone: false });
      this.#setSource(disk.source);
    } else this.#update({ conflict: disk, gone: false });
  }
}
