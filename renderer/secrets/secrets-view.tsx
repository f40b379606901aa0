import { Plus } from "lucide-react";
import { useState } from "react";
import type { SecretRow, SecretsView as Secrets } from "#common/ipc/secret-methods.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { plural } from "../ui/format.ts";
import { FailureNote } from "../ui/notes.tsx";
import { Page } from "../ui/page.tsx";
import { PassphraseDialog } from "./passphrase-dialog.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import type { SecretErrand } from "./secret-dialog.tsx";
import { SecretDialog } from "./secret-dialog.tsx";
import { SecretTable } from "./secret-table.tsx";
import { StoreCard } from "./store-card.tsx";
import { useSecrets } from "./use-secrets.ts";

function NoSecrets() {
  return (
    <div className="flex flex-col gap-1.5 px-3 py-4 text-dim">
      <p className="font-medium text-text">No manifest names a secret, and none is stored.</p>
      <p>
        A bottle's route names one as <code className="data">auth: {"{ scheme: Bearer, token_ref: GITHUB_TOKEN }"}</code>. Its value is
        looked up here first, then in your environment; the agent never gets it.
      </p>
    </div>
  );
}

function LoginShell({ loginShell }: { loginShell: NonNullable<Secrets["loginShell"]> }) {
  const words = {
    used: "Your login shell's environment is used for what this panel's own lacks:",
    failed: "Your login shell could not be asked for its environment:",
    pending: "Waiting for your login shell:",
  };
  return (
    <p role="status" className={`px-1 text-sm ${loginShell.state === "failed" ? "text-warn" : "text-faint"}`}>
      {words[loginShell.state]} <span className="data">{loginShell.detail}</span>
      {loginShell.state === "failed" ? ". Start the panel from a terminal, or store what you need here." : ""}
    </p>
  );
}

/** Which secrets there are, where they come from and who holds them; never a value. */
export function SecretsView() {
  const { data, error } = useSecrets();
  const [errand, setErrand] = useState<SecretErrand | null>(null);
  const [removing, setRemoving] = useState<SecretRow | null>(null);
  const [rephrasing, setRephrasing] = useState(false);
  const missing = data?.rows.filter(({ source }) => source === "missing").length ?? 0;
  return (
    <Page
      title="Secrets"
      aside={
        <Button
          icon={<Plus size={14} aria-hidden="true" />}
          disabled={!data || data.store.state === "broken"}
          onClick={() => setErrand({ do: "add" })}
        >
          Add secret…
        </Button>
      }
    >
      <div className="flex max-w-6xl flex-col gap-3.5 p-4">
        {error ? <FailureNote error={error} /> : null}
        {data ? (
          <>
            <StoreCard store={data.store} onUnlock={() => setErrand({ do: "unlock" })} onPassphrase={() => setRephrasing(true)} />
            <Card
              title={<span className="font-medium">{data.rows.length === 0 ? "Secrets" : plural(data.rows.length, "secret")}</span>}
              aside={missing > 0 ? <span className="text-sm text-bad">{missing} missing</span> : null}
            >
              {data.rows.length === 0 ? (
                <NoSecrets />
              ) : (
                <SecretTable
                  rows={data.rows}
                  store={data.store}
                  onStore={({ name }) => setErrand({ do: "store", name })}
                  onRemove={setRemoving}
                />
              )}
            </Card>
            {data.loginShell ? <LoginShell loginShell={data.loginShell} /> : null}
          </>
        ) : null}
      </div>
      <SecretDialog errand={errand} onClose={() => setErrand(null)} />
      <RemoveDialog row={removing} onClose={() => setRemoving(null)} />
      <PassphraseDialog open={rephrasing} onClose={() => setRephrasing(false)} />
    </Page>
  );
}
