import type { SecretProtection, SecretStoreState } from "#common/ipc/secret-methods.ts";

/** What keeps the store's key, in the operator's words. */
export const keeperWords: Record<SecretProtection, { name: string; what: string }> = {
  "os-keychain": {
    name: "The desktop's keychain",
    what: "Opens by itself when you are logged in. The command line opens it too where the desktop has a keyring for it.",
  },
  keyring: { name: "The desktop's keyring", what: "Opens by itself when you are logged in, for the panel and the command line." },
  passphrase: { name: "A passphrase", what: "You enter it after every start of the panel. Nobody can recover it." },
};

export function keptBy({ protections }: SecretStoreState): string {
  return protections.map((kind) => keeperWords[kind].name.replace(/^(The|A) /, (word) => word.toLowerCase())).join(" and ");
}
