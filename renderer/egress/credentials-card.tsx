import { useId, useState } from "react";
import { useAction, useCall } from "../bridge/use-call.ts";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { FailureNote } from "../ui/notes.tsx";
import type { CredentialState } from "./credential-state.tsx";
import { CredentialStateTag } from "./credential-state.tsx";
import { CutDialog } from "./cut-dialog.tsx";
import type { CredentialActivity } from "./use-egress.ts";
import { useComputed } from "./use-egress.ts";

function Hosts({ hosts }: Pick<CredentialActivity, "hosts">) {
  const [all, setAll] = useState(false);
  const shown = all ? hosts : hosts.slice(0, 3);
  return (
    <ul className="text-sm text-faint">
      {shown.map(({ host, live, uses, lastAt }) => (
        <li key={host} className="flex items-baseline gap-2">
          <span className="data min-w-0 grow truncate" title={host}>
            {host}
            {live ? "" : " · no route any more"}
          </span>
          <span className="shrink-0">
            {lastAt ? (
              <>
                <span className="data text-dim">{formatCount(uses)}</span> · <Age since={lastAt} /> ago
              </>
            ) : (
              "not used yet"
            )}
          </span>
        </li>
      ))}
      {hosts.length > shown.length ? (
        <li>
          <button type="button" className="underline-offset-2 hover:underline" onClick={() => setAll(true)}>
            {plural(hosts.length - shown.length, "more host")}
          </button>
        </li>
      ) : null}
    </ul>
  );
}

interface CredentialRowProps {
  credential: CredentialActivity;
  state: CredentialState;
  /** Cut by the switch for all, so that it cannot be restored alone. */
  byAll: boolean;
  live: boolean;
  busy: boolean;
  onCut: () => void;
  onRestore: () => void;
}

function CredentialRow({ credential, state, byAll, live, busy, onCut, onRestore }: CredentialRowProps) {
  const name = useId();
  return (
    <li className="border-b border-line/60 px-2 py-1.5 last:border-b-0">
      <div className="flex items-center gap-2">
        <span id={name} className="data min-w-0 grow truncate" title={credential.tokenRef}>
          {credential.tokenRef}
        </span>
        <CredentialStateTag state={state} />
        {!live || byAll ? null : credential.cut ? (
          <Button className="h-6! px-2!" disabled={busy} aria-label={`Restore ${credential.tokenRef}`} onClick={onRestore}>
            Restore
          </Button>
        ) : (
          <Button variant="danger" className="h-6! px-2!" aria-label={`Cut off ${credential.tokenRef}…`} onClick={onCut}>
            Cut off…
          </Button>
        )}
      </div>
      <Hosts hosts={credential.hosts} />
    </li>
  );
}

/** Which credential was used where and when, and the switch that cuts it off (EGR-7). */
export function CredentialsCard({ slug }: { slug: string }) {
  const { data, error } = useComputed("credentials.activity", { slug });
  const health = useCall("health.get", { slug });
  const change = useAction("credentials.cut");
  const [asking, setAsking] = useState<"all" | string | null>(null);
  if (error) return <p className="px-2 py-1 text-sm text-faint">Not known: {error.message}</p>;
  if (!data) return null;
  const live = health.data?.link === "connected";
  const stateOf = ({ tokenRef, cut }: CredentialActivity): CredentialState => {
    if (cut) return "cut";
    // A bundle that is gone or out of reach holds nothing we could vouch for.
    if (!live) return "unknown";
    return health.data?.missingSecrets.includes(tokenRef) ? "missing" : "ready";
  };
  const { cuts, credentials } = data;
  if (credentials.length === 0) return <p className="px-2 py-1 text-sm text-faint">None. No route adds a credential.</p>;
  return (
    <>
      <ul aria-label="Credentials">
        {credentials.map((credential) => (
          <CredentialRow
            key={credential.tokenRef}
            credential={credential}
            state={stateOf(credential)}
            byAll={cuts.all}
            live={live}
            busy={change.isPending}
            onCut={() => setAsking(credential.tokenRef)}
            onRestore={() => change.mutate({ slug, cuts: { all: false, refs: cuts.refs.filter((ref) => ref !== credential.tokenRef) } })}
          />
        ))}
      </ul>
      {change.error ? <FailureNote error={change.error} /> : null}
      {live ? (
        <div className="flex items-center gap-2 px-2 pt-2 text-sm text-dim">
          {cuts.all ? (
            <>
              <span className="min-w-0 grow">Every credential of this bottle is cut off.</span>
              <Button disabled={change.isPending} onClick={() => change.mutate({ slug, cuts: { all: false, refs: [] } })}>
                Restore all
              </Button>
            </>
          ) : (
            <Button variant="danger" className="ml-auto" onClick={() => setAsking("all")}>
              Cut all off…
            </Button>
          )}
        </div>
      ) : null}
      <CutDialog slug={slug} asked={asking} cuts={cuts} onClose={() => setAsking(null)} />
    </>
  );
}
