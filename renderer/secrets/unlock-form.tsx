import { useRef } from "react";
import type { SecretStoreState } from "#common/ipc/secret-methods.ts";
import { useSecretCall } from "../bridge/use-secret-call.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/notes.tsx";
import type { SecretElement } from "../ui/secret-field.tsx";
import { SecretField } from "../ui/secret-field.tsx";

/** Opens the store: by its passphrase where it has one, else by whatever the desktop keeps. */
export function UnlockForm({ store, onDone }: { store: SecretStoreState; onDone: () => void }) {
  const unlock = useSecretCall("secrets.unlock");
  const passphrase = useRef<SecretElement>(null);
  const withPassphrase = store.protections.includes("passphrase");
  const open = (text: string | null) => {
    if (passphrase.current) passphrase.current.value = "";
    unlock.run({ passphrase: text }, onDone);
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    open(withPassphrase ? (passphrase.current?.value ?? "") : null);
  };
  return (
    <form onSubmit={submit} aria-label="Unlock the secret store" className="flex flex-col gap-3">
      {withPassphrase ? <SecretField label="Passphrase of the store" field={passphrase} /> : null}
      {store.problem && !withPassphrase ? <p className="text-dim">{store.problem}</p> : null}
      {unlock.error ? <FailureNote error={unlock.error} /> : null}
      <div className="flex justify-end gap-2">
        {withPassphrase && store.protections.length > 1 ? (
          <Button disabled={unlock.pending} onClick={() => open(null)}>
            By the desktop
          </Button>
        ) : null}
        <Button type="submit" variant="primary" disabled={unlock.pending}>
          {unlock.pending ? "Unlocking…" : "Unlock"}
        </Button>
      </div>
    </form>
  );
}
