import { KeyRound, Lock, LockOpen } from "lucide-react";
import type { SecretStoreState } from "#common/ipc/secret-methods.ts";
import { useAction } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import { Tag } from "../ui/tag.tsx";
import { keptBy } from "./protection-words.ts";

const states = {
  absent: { word: "none yet", tone: "plain" },
  locked: { word: "locked", tone: "warn" },
  open: { word: "open", tone: "ok" },
  broken: { word: "cannot be used", tone: "bad" },
} as const;

function explanation(store: SecretStoreState): string {
  switch (store.state) {
    case "absent":
      return "An encrypted file in bot-bottle's home for tokens and keys, so that they need not lie in your shell's start-up files. Panel and command line share it.";
    case "locked":
      return `Its key is kept by ${keptBy(store)}. Names show; values do not, and no bottle is given one until it is unlocked.`;
    case "open":
      return `Its key is kept by ${keptBy(store)}. A stored value comes before one of the same name in your environment.`;
    case "broken":
      return "Nothing in it was changed. While it is there, no secret is taken from your environment in its place.";
  }
}

interface StoreCardProps {
  store: SecretStoreState;
  onUnlock: () => void;
  onPassphrase: () => void;
}

/** Whether the store can be used, and what can be done about it. */
export function StoreCard({ store, onUnlock, onPassphrase }: StoreCardProps) {
  const lock = useAction("secrets.lock");
  const { word, tone } = states[store.state];
  return (
    <Card
      title={
        <span className="flex items-center gap-2.5 font-medium">
          Secret store <Tag tone={tone}>{word}</Tag>
        </span>
      }
      aside={
        <>
          {store.state === "open" ? (
            <>
              <Button variant="ghost" icon={<KeyRound size={13} aria-hidden="true" />} onClick={onPassphrase}>
                Passphrase…
              </Button>
              <Button
                variant="ghost"
                icon={<Lock size={13} aria-hidden="true" />}
                disabled={lock.isPending}
                onClick={() => lock.mutate({})}
              >
                Lock
              </Button>
            </>
          ) : null}
          {store.state === "locked" || store.state === "absent" ? (
            <Button icon={store.state === "locked" ? <LockOpen size={13} aria-hidden="true" /> : null} onClick={onUnlock}>
              {store.state === "absent" ? "Make it…" : "Unlock…"}
            </Button>
          ) : null}
        </>
      }
    >
      <div className="flex flex-col gap-2 px-3 py-2">
        <p className="text-dim">{explanation(store)}</p>
        {store.state === "broken" && store.problem ? <Note tone="bad" title={store.problem} /> : null}
        {lock.error ? <FailureNote error={lock.error} /> : null}
      </div>
    </Card>
  );
}
