import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";
import { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import { withFileLock } from "../platform/file-lock.ts";
import { Secret } from "../platform/secret.ts";
import type { KeyKeepers } from "./key-protection.ts";
import { forgetKey, unwrapByDesktop, unwrapByPassphrase, wrapWith, wrapWithPassphrase } from "./key-protection.ts";
import { KEY_BYTES, seal, unseal } from "./sealing.ts";
import type { KeyWrap, Protection, StoreFile, StoreHeader } from "./store-file.ts";
import { damaged, headerContext, MAX_SECRETS, newHeader, readStoreFile, writeStoreFile } from "./store-file.ts";
import { noStore, storeLocked, wrongPassphrase } from "./store-trouble.ts";

export interface StoredName {
  readonly name: TokenRef;
  readonly storedAt: string;
}

/** The store as this process sees it. Its names show while it is locked, its values never. */
export type StoreView =
  | { readonly state: "absent" }
  | { readonly state: "broken"; readonly problem: string }
  | ({ readonly state: "locked"; readonly problem: string } & KnownStore)
  | ({ readonly state: "open" } & KnownStore);

interface KnownStore {
  readonly names: readonly StoredName[];
  readonly protections: readonly Protection[];
}

export interface SecretStoreDeps {
  readonly path: string;
  readonly clock: Clock;
  readonly keepers: KeyKeepers;
  /** Asks for the passphrase when a value is needed, null to give up; `attempt` counts from 0. Null where nobody can be asked. */
  readonly askPassphrase: ((attempt: number) => Promise<Secret | null>) | null;
}

const LOCKED_HERE = "It was locked here.";
const MAX_VALUE = 64 * 1024;
const Values = z.array(z.tuple([TokenRef, z.string().min(1).max(MAX_VALUE)]));
type OpenValues = Map<string, string>;

/**
 * The operator's secrets in one encrypted file that panel and command line share (ENV-2). Only the key stays in memory between
 * calls; every call reads the file, so that what another process stored is there at once.
 */
export class SecretStore {
  readonly #deps: SecretStoreDeps;
  #key: { readonly id: string; readonly bytes: Buffer } | null = null;
  #lockedHere = false;
  #asking: Promise<OpenValues> | null = null;

  constructor(deps: SecretStoreDeps) {
    this.#deps = deps;
  }

  /** Whether somebody can be asked for the passphrase here. */
  get asks(): boolean {
    return this.#deps.askPassphrase !== null;
  }

  async view(): Promise<StoreView> {
    try {
      const file = await this.#read();
      if (file === null) return { state: "absent" };
      const known = { names: file.names, protections: file.keys.map(({ kind }) => kind) };
      const opened = await this.#tryOpen(file);
      return typeof opened === "string" ? { state: "locked", problem: opened, ...known } : { state: "open", ...known };
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return { state: "broken", problem: [error.message, error.hint].filter((part) => part !== null).join(". ") };
    }
  }

  /** The value stored under `name`, of any shape; null where there is none. Throws while the store is locked or broken. */
  async value(name: TokenRef): Promise<Secret | null> {
    const file = await this.#read();
    if (file === null) return null;
    const opened = await this.#tryOpen(file);
    // Locked, its list of names is all there is to go by; one that was open here and no longer opens is believed nothing.
    const listed = file.names.some((each) => each.name === name) || this.#key?.id === file.id;
    if (typeof opened === "string" && !listed) return null;
    const value = (typeof opened === "string" ? await this.#open(file) : opened).get(name);
    return value === undefined ? null : new Secret(value);
  }

  /** Makes the store. The desktop's keyring is added to its keychain where there is one, so that the command line opens it too. */
  async create(protection: Protection, passphrase: Secret | null): Promise<void> {
    await this.#locked(async () => {
      if ((await this.#read()) !== null) throw new OperatorError("conflict", { message: "There is a secret store already" });
      const key = randomBytes(KEY_BYTES);
      const id = randomBytes(16).toString("hex");
      const wraps =
        protection === "passphrase" ? [await this.#byPassphrase(passphrase, key, id)] : await this.#byDesktop(protection, key, id);
      try {
        await this.#write(newHeader(id, wraps), key, new Map());
      } catch (error) {
        await forgetKey(id, this.#deps.keepers);
        throw error;
      }
      this.#adopt(id, key);
    });
  }

  async set(name: TokenRef, value: Secret): Promise<void> {
    const text = value.reveal();
    if (text === "" || text.length > MAX_VALUE) {
      throw new OperatorError("bad-input", { message: `The value of ${name} is ${text === "" ? "empty" : "larger than 64 KiB"}` });
    }
    await this.#change((header, values) => {
      values.set(name, text);
      if (values.size > MAX_SECRETS) throw new OperatorError("bad-input", { message: `The store holds ${MAX_SECRETS} secrets at most` });
      const others = header.names.filter((each) => each.name !== name);
      return [...others, { name, storedAt: timestamp(this.#deps.clock) }];
    });
  }

  async remove(name: TokenRef): Promise<void> {
    await this.#change((header, values) => {
      if (!values.delete(name)) {
        throw new OperatorError("not-found", { message: `The store holds no ${name}`, hint: "See `bot-bottle secrets list`" });
      }
      return header.names.filter((each) => each.name !== name);
    });
  }

  /** Opens it; the passphrase, or null for whatever the desktop opens by itself. */
  async unlock(passphrase: Secret | null): Promise<void> {
    const file = (await this.#read()) ?? noStore();
    if (passphrase !== null && (await this.#openByPassphrase(file, passphrase)) === null) throw wrongPassphrase();
    this.#lockedHere = false;
    const opened = await this.#tryOpen(file);
    if (typeof opened === "string") throw storeLocked(opened);
  }

  /** Opens it by whatever means there are here, the passphrase asked for included; throws where none does. */
  async ensureOpen(): Promise<void> {
    await this.#open((await this.#read()) ?? noStore());
  }

  /** Forgets the key; nothing opens it again in this process until `unlock`. */
  lock(): void {
    this.#key?.bytes.fill(0);
    this.#key = null;
    this.#lockedHere = true;
  }

  /**
   * Another passphrase, or a first one. The store gets a new key with it: whoever knew the old passphrase and kept an old copy
   * of the file must not be able to open the new one.
   */
  async changePassphrase(passphrase: Secret): Promise<void> {
    await this.#open((await this.#read()) ?? noStore());
    await this.#locked(async () => {
      const file = (await this.#read()) ?? noStore();
      const values = await this.#open(file);
      const key = randomBytes(KEY_BYTES);
      const wraps: KeyWrap[] = [];
      for (const { kind } of file.keys) if (kind !== "passphrase") wraps.push(await wrapWith(kind, key, file.id, this.#deps.keepers));
      wraps.push(await this.#byPassphrase(passphrase, key, file.id));
      await this.#write({ ...file, keys: wraps, revision: file.revision + 1 }, key, values);
      this.#adopt(file.id, key);
    });
  }

  #read(): Promise<StoreFile | null> {
    return readStoreFile(this.#deps.path);
  }

  /** One writer at a time over all processes: each changes what the last one wrote. */
  #locked<T>(task: () => Promise<T>): Promise<T> {
    return withFileLock(dirname(this.#deps.path), "store", task);
  }

  async #change(edit: (header: StoreHeader, values: OpenValues) => StoreHeader["names"]): Promise<void> {
    // Whoever must be asked for the passphrase is asked before others have to wait.
    await this.#open((await this.#read()) ?? noStore());
    await this.#locked(async () => {
      const file = (await this.#read()) ?? noStore();
      const values = await this.#open(file);
      const names = edit(file, values);
      await this.#write({ ...file, names, revision: file.revision + 1 }, this.#keyOf(file), values);
    });
  }

  async #write(header: StoreHeader, key: Buffer, values: OpenValues): Promise<void> {
    const { format, version, id, revision, keys } = header;
    const names = [...header.names].sort((a, b) => (a.name < b.name ? -1 : 1));
    const bare: StoreHeader = { format, version, id, revision, names, keys };
    const plain = Buffer.from(JSON.stringify([...values]));
    await writeStoreFile(this.#deps.path, { ...bare, values: seal(key, plain, headerContext(bare)) });
    plain.fill(0);
  }

  /** The values; asks for the passphrase where that is what opens them. */
  async #open(file: StoreFile): Promise<OpenValues> {
    const opened = await this.#tryOpen(file);
    if (typeof opened !== "string") return opened;
    const ask = this.#deps.askPassphrase;
    if (ask === null || this.#lockedHere || !file.keys.some(({ kind }) => kind === "passphrase")) throw storeLocked(opened);
    // Several that need a value at once ask once.
    this.#asking ??= this.#askAndOpen(file, ask).finally(() => {
      this.#asking = null;
    });
    return await this.#asking;
  }

  async #askAndOpen(file: StoreFile, ask: NonNullable<SecretStoreDeps["askPassphrase"]>): Promise<OpenValues> {
    for (let attempt = 0; ; attempt++) {
      const passphrase = await ask(attempt);
      if (passphrase === null) throw attempt === 0 ? storeLocked("It opens with its passphrase.") : wrongPassphrase();
      const values = await this.#openByPassphrase(file, passphrase);
      if (values !== null) return values;
    }
  }

  /** The values where key or desktop open them; why not, otherwise. */
  async #tryOpen(file: StoreFile): Promise<OpenValues | string> {
    const known = this.#key?.id === file.id ? unsealValues(file, this.#key.bytes) : null;
    if (known !== null) return known;
    if (this.#lockedHere) return LOCKED_HERE;
    const problems: string[] = [];
    for (const wrap of file.keys) {
      const key = await unwrapByDesktop(wrap, file.id, this.#deps.keepers);
      // A keyring may take a minute, in which the operator may have locked the store.
      if (this.#lockedHere) return LOCKED_HERE;
      if (typeof key !== "string") return this.#openBy(file, key);
      problems.push(key);
    }
    return problems.at(-1) ?? "It cannot be opened here.";
  }

  /** Null where the passphrase is another. */
  async #openByPassphrase(file: StoreFile, passphrase: Secret): Promise<OpenValues | null> {
    const wrap = file.keys.find((each) => each.kind === "passphrase");
    if (wrap === undefined)
      throw new OperatorError("bad-input", { message: "The secret store has no passphrase", hint: "The desktop opens it" });
    const key = await unwrapByPassphrase(passphrase.reveal(), wrap, file.id);
    return key === null ? null : this.#openBy(file, key);
  }

  /** The key is the right one: values that do not open with it are not those that were stored. */
  #openBy(file: StoreFile, key: Buffer): OpenValues {
    const values = unsealValues(file, key);
    if (values === null) throw damaged(this.#deps.path);
    this.#adopt(file.id, key);
    return values;
  }

  #adopt(id: string, bytes: Buffer): void {
    this.#key = { id, bytes };
    this.#lockedHere = false;
  }

  #keyOf({ id }: StoreFile): Buffer {
    if (this.#key?.id === id) return this.#key.bytes;
    throw storeLocked("It was locked meanwhile.");
  }

  async #byDesktop(protection: "os-keychain" | "keyring", key: Buffer, id: string): Promise<KeyWrap[]> {
    const { keepers } = this.#deps;
    const wraps = [await wrapWith(protection, key, id, keepers)];
    if (protection === "os-keychain" && (await keepers.keyring()) !== null) wraps.push(await wrapWith("keyring", key, id, keepers));
    return wraps;
  }

  #byPassphrase(passphrase: Secret | null, key: Buffer, id: string): Promise<KeyWrap> {
    if (passphrase === null) throw new OperatorError("bad-input", { message: "A passphrase is needed for this protection" });
    return wrapWithPassphrase(passphrase.reveal(), key, id, this.#deps.keepers.cost);
  }
}

function unsealValues(file: StoreFile, key: Buffer): OpenValues | null {
  const plain = unseal(key, file.values, headerContext(file));
  if (plain === null) return null;
  const values = new Map(Values.parse(JSON.parse(plain.toString("utf8"))));
  plain.fill(0);
  return values;
}
