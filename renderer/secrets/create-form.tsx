import { useRef, useState } from "react";
import type { SecretProtection, SecretStoreState } from "#common/ipc/secret-methods.ts";
import { CallFailure } from "../bridge/bridge.ts";
import { useSecretCall } from "../bridge/use-secret-call.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/notes.tsx";
import type { SecretElement } from "../ui/secret-field.tsx";
import { SecretField } from "../ui/secret-field.tsx";
import { keeperWords } from "./protection-words.ts";

const differ = new CallFailure({ code: "bad-input", message: "The two passphrases differ.", hint: "Enter both again; nothing was made." });

function ProtectionChoice({
  offered,
  chosen,
  onChoose,
}: {
  offered: readonly SecretProtection[];
  chosen: SecretProtection;
  onChoose: (protection: SecretProtection) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="pb-1 text-dim">What keeps its key</legend>
      {offered.map((protection) => (
        <label
          key={protection}
          className="flex items-start gap-2.5 rounded-md border border-line bg-ground px-3 py-2 has-checked:border-accent"
        >
          <input
            type="radio"
            name="protection"
            checked={protection === chosen}
            onChange={() => onChoose(protection)}
            className="mt-1 accent-accent"
          />
          <span>
            {keeperWords[protection].name}
            <span className="block text-sm text-faint">{keeperWords[protection].what}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Makes the store. */
export function CreateForm({ store, onDone }: { store: SecretStoreState; onDone: () => void }) {
  const create = useSecretCall("secrets.create");
  const [chosen, setChosen] = useState<SecretProtection>(store.offered[0] ?? "passphrase");
  const [unequal, setUnequal] = useState(false);
  const first = useRef<SecretElement>(null);
  const second = useRef<SecretElement>(null);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const passphrase = first.current?.value ?? null;
    const same = chosen !== "passphrase" || passphrase === second.current?.value;
    for (const field of [first.current, second.current]) if (field) field.value = "";
    setUnequal(!same);
    if (same) create.run({ protection: chosen, passphrase: chosen === "passphrase" ? passphrase : null }, onDone);
  };
  const error = unequal ? differ : create.error;
  return (
    <form onSubmit={submit} aria-label="Make the secret store" className="flex flex-col gap-3">
      <ProtectionChoice offered={store.offered} chosen={chosen} onChoose={setChosen} />
      {chosen === "passphrase" ? (
        <>
          <SecretField
            label="New passphrase"
            field={first}
            hint="At least 10 characters; several words are easy to type and hard to guess."
          />
          <SecretField label="The same once more" field={second} />
        </>
      ) : null}
      {error ? <FailureNote error={error} /> : null}
      <div className="flex justify-end">
        <Button type="submit" variant="primary" disabled={create.pending}>
          {create.pending ? "Making…" : "Make the store"}
        </Button>
      </div>
    </form>
  );
}
