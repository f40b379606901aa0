import { z } from "zod";
import { Slug, Timestamp, TokenRef } from "../domain/names.ts";
import { method } from "./method.ts";

export const SecretProtection = z.enum(["os-keychain", "keyring", "passphrase"]);
export type SecretProtection = z.infer<typeof SecretProtection>;

/** The encrypted store of secrets (ENV-2). */
export const SecretStoreState = z.strictObject({
  state: z.enum(["absent", "locked", "open", "broken"]),
  /** What keeps its key, any one of which opens it; empty while there is no store. */
  protections: z.array(SecretProtection),
  /** What a new store would be protected by here, best first. */
  offered: z.array(SecretProtection),
  problem: z.string().nullable(),
});
export type SecretStoreState = z.infer<typeof SecretStoreState>;

/** One token ref, never its value. */
export const SecretRow = z.strictObject({
  name: TokenRef,
  /** Where its value would come from now; `store` also while that is locked. */
  source: z.enum(["store", "environment", "missing"]),
  /** Manifests that name it. */
  manifests: z.array(z.string()),
  /** Running bottles that were given it. */
  bottles: z.array(Slug),
  storedAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
  lastUsedBy: Slug.nullable(),
});
export type SecretRow = z.infer<typeof SecretRow>;

export const SecretsView = z.strictObject({
  store: SecretStoreState,
  rows: z.array(SecretRow),
  /** Outcome of asking the login shell for its environment; null where that was not needed. */
  loginShell: z.strictObject({ state: z.enum(["used", "failed", "pending"]), detail: z.string() }).nullable(),
});
export type SecretsView = z.infer<typeof SecretsView>;

const Passphrase = z.string().max(1024);

export const secretMethods = {
  "secrets.list": method(z.strictObject({}), SecretsView),
  /** Makes the store where there is none; a passphrase is needed for that protection only. */
  "secrets.create": method(z.strictObject({ protection: SecretProtection, passphrase: Passphrase.nullable() }), SecretsView),
  "secrets.unlock": method(z.strictObject({ passphrase: Passphrase.nullable() }), SecretsView),
  "secrets.lock": method(z.strictObject({}), SecretsView),
  /** Running bottles that use it are given the new value. */
  "secrets.set": method(
    z.strictObject({
      name: TokenRef,
      value: z
        .string()
        .min(1)
        .max(64 * 1024),
    }),
    SecretsView,
  ),
  "secrets.remove": method(z.strictObject({ name: TokenRef }), SecretsView),
  /** Another passphrase, or a first one beside what the desktop keeps. The store must be open. */
  "secrets.set-passphrase": method(z.strictObject({ passphrase: Passphrase }), SecretsView),
} as const;

export const secretTopics = { secrets: SecretsView } as const;
