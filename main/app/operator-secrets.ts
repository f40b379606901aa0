import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { isatty } from "node:tty";
import type { Clock } from "../platform/clock.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Keychain } from "../platform/keychain.ts";
import { askLoginShell } from "../platform/login-shell-env.ts";
import type { Secret } from "../platform/secret.ts";
import { offeredProtections } from "../secrets/key-protection.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { findKeyring } from "../secrets/keyring.ts";
import { LastUses } from "../secrets/last-uses.ts";
import { OperatorEnv } from "../secrets/operator-env.ts";
import { readPassphraseFile } from "../secrets/passphrase-file.ts";
import type { SecretSource } from "../secrets/secret-source.ts";
import { createSecretSource } from "../secrets/secret-source.ts";
import { SecretStore } from "../secrets/secret-store.ts";

/** Everything this process can know of the operator's secrets (ENV-2). */
export interface OperatorSecrets {
  /** Folder of the store and of what is recorded beside it. */
  readonly folder: string;
  readonly store: SecretStore;
  readonly env: OperatorEnv;
  readonly source: SecretSource;
  readonly uses: LastUses;
  /** Ways a new store can be protected here, best first. */
  offered(): ReturnType<typeof offeredProtections>;
}

export interface OperatorSecretsOptions {
  readonly home: HomePaths;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly role: "panel" | "cli";
  /** The shell's keychain, once there is a shell; null where it offers none. */
  readonly keychain: (() => Promise<Keychain | null>) | null;
  readonly askPassphrase: ((attempt: number) => Promise<Secret | null>) | null;
}

/** Start-up files of a shell may be slow; a panel that waits longer for them feels broken. */
const LOGIN_SHELL_MS = 5_000;
const LOOK_AGAIN_MS = 30_000;

export function openOperatorSecrets({ home, env, clock, role, keychain, askPassphrase }: OperatorSecretsOptions): OperatorSecrets {
  const folder = join(home.root, "secrets");
  const keepers = { keychain: keychain ?? (async () => null), keyring: remembered(() => findKeyring(env), clock) };
  const store = new SecretStore({ path: join(folder, "store.json"), clock, keepers, askPassphrase: passphraseOf(env) ?? askPassphrase });
  const operatorEnv = new OperatorEnv(env, role === "cli" || startedFromTerminal() ? null : () => loginShell(env));
  return {
    folder,
    store,
    env: operatorEnv,
    source: createSecretSource(store, operatorEnv),
    uses: new LastUses(join(folder, "uses.json"), clock),
    offered: () => offeredProtections(keepers),
  };
}

/** A shell in a terminal started us, so its environment is ours already. What a dock starts has no terminal anywhere. */
function startedFromTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor));
}

function loginShell(env: NodeJS.ProcessEnv): ReturnType<typeof askLoginShell> {
  return askLoginShell({ shell: env.SHELL || userInfo().shell, env, folder: homedir(), timeoutMs: LOGIN_SHELL_MS });
}

/** For whoever automates: the file's first line, once. */
function passphraseOf(env: NodeJS.ProcessEnv): OperatorSecretsOptions["askPassphrase"] {
  const file = env.BOT_BOTTLE_PASSPHRASE_FILE;
  if (file === undefined || file === "") return null;
  return async (attempt) => (attempt === 0 ? await readPassphraseFile(file) : null);
}

/** A keyring that is not there yet may be there later: looked for again, but not for every call. */
function remembered(find: () => Promise<Keyring | null>, clock: Clock): () => Promise<Keyring | null> {
  let last: { readonly found: Promise<Keyring | null>; readonly at: number } | null = null;
  return async () => {
    const now = clock.now().getTime();
    const known = await last?.found;
    if (last === null || (known === null && now - last.at > LOOK_AGAIN_MS)) last = { found: find(), at: now };
    return await last.found;
  };
}
