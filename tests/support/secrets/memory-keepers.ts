import type { Keychain } from "../../../main/platform/keychain.ts";
import type { KeyKeepers } from "../../../main/secrets/key-protection.ts";
import type { Keyring } from "../../../main/secrets/keyring.ts";

/** A keyring that remembers, as the desktop's does from one process to the next. */
export class MemoryKeyring implements Keyring {
  readonly kept = new Map<string, string>();
  async read(account: string): Promise<string | null> {
    return this.kept.get(account) ?? null;
  }
  async write(account: string, value: string): Promise<void> {
    this.kept.set(account, value);
  }
  async remove(account: string): Promise<void> {
    this.kept.delete(account);
  }
}

/** A keychain of one login: another one's does not open what it sealed. */
export function memoryKeychain(login = "ada"): Keychain {
  return {
    encrypt: async (plain) => Buffer.from(`${login}:${Buffer.from(plain).reverse().toString("latin1")}`, "latin1"),
    decrypt: async (sealed) => {
      const [owner, text = ""] = Buffer.from(sealed).toString("latin1").split(":");
      if (owner !== login) throw new Error("not this login's");
      return Buffer.from(text, "latin1").reverse().toString();
    },
  };
}

/** Cheap passphrases: what is tried here is the store, not the cost. */
export function keepersOf(parts: { keychain?: Keychain | null; keyring?: Keyring | null } = {}): KeyKeepers {
  return { keychain: async () => parts.keychain ?? null, keyring: async () => parts.keyring ?? null, cost: { n: 2 ** 14, r: 8, p: 1 } };
}
