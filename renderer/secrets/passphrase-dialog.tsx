import { useRef, useState } from "react";
import { CallFailure } from "../bridge/bridge.ts";
import { useSecretCall } from "../bridge/use-secret-call.ts";
import { Button } from "../ui/button.tsx";
import { Modal } from "../ui/modal.tsx";
import { FailureNote } from "../ui/notes.tsx";
import type { SecretElement } from "../ui/secret-field.tsx";
import { SecretField } from "../ui/secret-field.tsx";

const differ = new CallFailure({
  code: "bad-input",
  message: "The two passphrases differ.",
  hint: "Enter both again; nothing was changed.",
});

function PassphraseForm({ onDone }: { onDone: () => void }) {
  const change = useSecretCall("secrets.set-passphrase");
  const [unequal, setUnequal] = useState(false);
  const first = useRef<SecretElement>(null);
  const second = useRef<SecretElement>(null);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const passphrase = first.current?.value ?? "";
    const same = passphrase === second.current?.value;
    for (const field of [first.current, second.current]) if (field) field.value = "";
    setUnequal(!same);
    if (same) change.run({ passphrase }, onDone);
  };
  const error = unequal ? differ : change.error;
  return (
    <form onSubmit={submit} aria-label="Set the passphrase" className="flex flex-col gap-3 px-5 pt-3 pb-5">
      <SecretField
        label="New passphrase"
        field={first}
        hint="At least 10 characters. The store gets a new key: what the old passphrase opened is of no use to it."
      />
      <SecretField label="The same once more" field={second} />
      {error ? <FailureNote error={error} /> : null}
      <div className="flex justify-end">
        <Button type="submit" variant="primary" disabled={change.pending}>
          {change.pending ? "Setting…" : "Set passphrase"}
        </Button>
      </div>
    </form>
  );
}

/** Another passphrase for the store, or a first one, with which any program of the operator's opens it. */
export function PassphraseDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal
      open={open}
      onClose={onClose}
      title="Passphrase of the store"
      description="Opens the store wherever its keychain or keyring cannot."
      width="max-w-md"
    >
      <PassphraseForm onDone={onClose} />
    </Modal>
  );
}
