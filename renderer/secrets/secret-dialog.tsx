import { useRef } from "react";
import { useSecretCall } from "../bridge/use-secret-call.ts";
import { Button } from "../ui/button.tsx";
import { Modal } from "../ui/modal.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import type { SecretElement } from "../ui/secret-field.tsx";
import { SecretField } from "../ui/secret-field.tsx";
import { CreateForm } from "./create-form.tsx";
import { UnlockForm } from "./unlock-form.tsx";
import { useSecrets } from "./use-secrets.ts";

/** What the dialog is opened for: a new secret, one of this name, or just to open the store. */
export type SecretErrand = { do: "add" } | { do: "store"; name: string } | { do: "unlock" };

function ValueForm({ name, onDone }: { name: string | null; onDone: () => void }) {
  const set = useSecretCall("secrets.set");
  const nameField = useRef<HTMLInputElement>(null);
  const value = useRef<SecretElement>(null);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const ref = name ?? nameField.current?.value.trim() ?? "";
    const text = value.current?.value ?? "";
    // A line copied with its end is still that line; a key keeps its own.
    const line = text.replace(/\r?\n$/, "");
    set.run({ name: ref, value: line.includes("\n") ? text : line }, () => {
      if (value.current) value.current.value = "";
      onDone();
    });
  };
  return (
    <form onSubmit={submit} aria-label="Store a secret" className="flex flex-col gap-3">
      {name === null ? (
        <label className="flex flex-col gap-1 text-dim">
          Name
          <input
            ref={nameField}
            required
            pattern="[A-Za-z_][A-Za-z0-9_]*"
            title="Letters, digits and _, as in GITHUB_TOKEN"
            placeholder="GITHUB_TOKEN"
            autoComplete="off"
            spellCheck={false}
            className="field data"
          />
        </label>
      ) : null}
      <SecretField
        label="Value"
        field={value}
        multiline
        hint="A token, or a whole private key with all its lines. It cannot be read back here."
      />
      {set.error ? <FailureNote error={set.error} /> : null}
      <div className="flex justify-end">
        <Button type="submit" variant="primary" disabled={set.pending}>
          {set.pending ? "Storing…" : "Store"}
        </Button>
      </div>
    </form>
  );
}

function Errand({ errand, onDone }: { errand: SecretErrand; onDone: () => void }) {
  const { data, error } = useSecrets();
  if (error) return <FailureNote error={error} />;
  if (!data) return null;
  const { store } = data;
  switch (store.state) {
    case "broken":
      return <Note tone="bad" title={store.problem} />;
    case "absent":
      return (
        <>
          <p className="pb-3 text-dim">
            There is no secret store yet: one encrypted file in bot-bottle's home, for panel and command line.
          </p>
          <CreateForm store={store} onDone={() => errand.do === "unlock" && onDone()} />
        </>
      );
    case "locked":
      return <UnlockForm store={store} onDone={() => errand.do === "unlock" && onDone()} />;
    case "open":
      return errand.do === "unlock" ? (
        <p className="text-dim">The store is open.</p>
      ) : (
        <ValueForm name={errand.do === "store" ? errand.name : null} onDone={onDone} />
      );
  }
}

function titleOf(errand: SecretErrand, absent: boolean): string {
  if (errand.do === "store") return `Store ${errand.name}`;
  if (errand.do === "add") return "Add a secret";
  return absent ? "Make the secret store" : "Unlock the secret store";
}

/** Stores a value; makes or opens the store first where that is needed. */
export function SecretDialog({ errand, onClose }: { errand: SecretErrand | null; onClose: () => void }) {
  const absent = useSecrets().data?.store.state === "absent";
  return (
    <Modal
      open={errand !== null}
      onClose={onClose}
      title={errand === null ? "" : titleOf(errand, absent)}
      description="Values are encrypted, given to sidecars only, and never shown again."
      width="max-w-md"
    >
      <div className="px-5 pt-3 pb-5">{errand === null ? null : <Errand errand={errand} onDone={onClose} />}</div>
    </Modal>
  );
}
