import type { SafeStorage } from "electron";
import type { Keychain } from "../platform/keychain.ts";

/** Without a keyring, Electron on Linux "encrypts" with a password that is in its source code. */
const NOT_ENCRYPTED = new Set(["basic_text", "unknown"]);

/** The desktop's keychain as Electron offers it; null where it would not keep a secret. Only known once Electron is ready. */
export function osKeychain(storage: SafeStorage, platform: NodeJS.Platform): Keychain | null {
  if (!storage.isEncryptionAvailable()) return null;
  if (platform === "linux" && NOT_ENCRYPTED.has(storage.getSelectedStorageBackend())) return null;
  return {
    encrypt: async (plain) => storage.encryptString(plain),
    decrypt: async (sealed) => storage.decryptString(Buffer.from(sealed)),
  };
}
