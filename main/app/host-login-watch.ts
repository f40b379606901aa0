import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { TokenRef } from "#common/domain/names.ts";
import { Coalesced } from "../platform/coalesced.ts";
import type { HostLogins } from "../providers/host-logins.ts";

export interface HostLoginWatch {
  readonly logins: HostLogins;
  /** Brings the value behind a ref into the bottles that run with it. */
  deliver(ref: TokenRef): Promise<unknown>;
  onError(error: unknown): void;
}

/**
 * Provider programs refresh the operator's login while bottles run with its token: the new one follows at once. What cannot be
 * read takes nothing away: the file may just be written, and the old token serves as long as its issuer lets it. Nothing
 * waits for where the files are: finding out may take asking the login shell.
 */
export function watchHostLogins(deps: HostLoginWatch): Disposable {
  const stack = new DisposableStack();
  const begin = async () => {
    for (const [ref, file] of await deps.logins.files()) if (!stack.disposed) watchLogin(deps, stack, ref, file);
  };
  begin().catch(deps.onError);
  return stack;
}

function watchLogin({ logins, deliver, onError }: HostLoginWatch, stack: DisposableStack, ref: TokenRef, file: string): void {
  const follow = new Coalesced(async () => {
    if ((await logins.tokens([ref])).size > 0) await deliver(ref);
  });
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
      if (name === basename(file)) follow.run().catch(onError);
    });
    watcher.on("error", onError);
    stack.defer(() => watcher.close());
  } catch (error) {
    // Nobody has signed in on this machine: there is no folder, and no bottle that could run with what is in it.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onError(error);
  }
}
