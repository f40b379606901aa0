import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useId } from "react";
import { useCall } from "../bridge/use-call.ts";
import { DecisionDetail } from "../egress/decision-detail.tsx";
import type { CredentialUse, NumberedDecision } from "../egress/decision-log.ts";
import { credentialsInUse } from "../egress/decision-log.ts";
import { RecentDecisions } from "../egress/recent-decisions.tsx";
import { RouteList } from "../egress/route-list.tsx";
import { useDecisions, useRoutes } from "../egress/use-egress.ts";
import { Age } from "../ui/age.tsx";
import { IconButton } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";
import { Tag } from "../ui/tag.tsx";

const none: NumberedDecision[] = [];

function Section({ title, aside, children }: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="px-3 pt-3">
      <div className="flex min-h-6 items-center px-2">
        <h2 id={id} className="heading">
          {title}
        </h2>
        <div className="ml-auto">{aside}</div>
      </div>
      {children}
    </section>
  );
}

function Unknown({ error }: { error: Error | null }) {
  return error ? <p className="px-2 py-1 text-sm text-faint">Not known: {error.message}</p> : null;
}

type Presence = "missing" | "present" | "unknown";

function PresenceTag({ presence }: { presence: Presence }) {
  if (presence === "unknown") return null;
  return presence === "missing" ? <Tag tone="warn">missing: requests stop</Tag> : <Tag tone="ok">in memory</Tag>;
}

function Credential({ use, presence }: { use: CredentialUse; presence: Presence }) {
  return (
    <li className="border-b border-line/60 px-2 py-1.5 last:border-b-0">
      <div className="flex items-center gap-2">
        <span className="data min-w-0 grow truncate">{use.tokenRef}</span>
        <PresenceTag presence={presence} />
      </div>
      <div className="flex gap-2 text-sm text-faint">
        <span className="min-w-0 grow truncate">
          {use.hosts.join(", ")}{" "}
          {use.lastAt ? (
            <>
              · last used <Age since={use.lastAt} /> ago
            </>
          ) : (
            "· not used yet"
          )}
        </span>
        <span className="data text-dim">{formatCount(use.uses)}</span>
      </div>
    </li>
  );
}

function Credentials({ slug, uses }: { slug: string; uses: readonly CredentialUse[] }) {
  const { data } = useCall("health.get", { slug });
  // A bundle that is gone or out of reach holds nothing we could vouch for.
  const presenceOf = (tokenRef: string): Presence => {
    if (data?.link !== "connected") return "unknown";
    return data.missingSecrets.includes(tokenRef) ? "missing" : "present";
  };
  if (uses.length === 0) return <p className="px-2 py-1 text-sm text-faint">None. No route adds a credential.</p>;
  return (
    <ul>
      {uses.map((use) => (
        <Credential key={use.tokenRef} use={use} presence={presenceOf(use.tokenRef)} />
      ))}
    </ul>
  );
}

interface InspectorProps {
  slug: string;
  selected: number | null;
  onUnselect: () => void;
}

/** Beside the terminal: what may leave, what just asked to, and with which credentials. */
export function Inspector({ slug, selected, onUnselect }: InspectorProps) {
  const { data: routes, error: routesError } = useRoutes(slug);
  const { data: known, error: decisionsError } = useDecisions(slug);
  const decisions = known ?? none;
  const entry = selected === null ? undefined : decisions.find((each) => each.seq === selected);
  return (
    <aside aria-label="Inspector" className="min-h-0 w-86 overflow-y-auto border-l border-line bg-panel pb-4 [grid-area:inspector]">
      {entry ? (
        <Section
          title="Decision"
          aside={
            <IconButton label="Close decision" onClick={onUnselect}>
              <X size={14} aria-hidden="true" />
            </IconButton>
          }
        >
          <div className="px-2 pb-2">
            <DecisionDetail entry={entry} />
          </div>
        </Section>
      ) : null}
      <Section title={routes ? `Routes · revision ${routes.table.revision}` : "Routes"}>
        <div className="px-2">{routes ? <RouteList slug={slug} view={routes} /> : <Unknown error={routesError} />}</div>
      </Section>
      <Section title="Decisions · live">
        {known ? <RecentDecisions slug={slug} decisions={decisions} /> : <Unknown error={decisionsError} />}
      </Section>
      <Section title="Credentials in use">{routes ? <Credentials slug={slug} uses={credentialsInUse(routes, decisions)} /> : null}</Section>
    </aside>
  );
}
