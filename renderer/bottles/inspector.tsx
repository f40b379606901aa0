import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useId } from "react";
import { CredentialsCard } from "../egress/credentials-card.tsx";
import { DecisionDetail } from "../egress/decision-detail.tsx";
import type { NumberedDecision } from "../egress/decision-log.ts";
import { MeterCard } from "../egress/meter-card.tsx";
import { RecentDecisions } from "../egress/recent-decisions.tsx";
import { RouteList } from "../egress/route-list.tsx";
import { useDecisions, useRoutes } from "../egress/use-egress.ts";
import { useRouteEdit } from "../egress/use-route-edit.ts";
import { Button, IconButton } from "../ui/button.tsx";

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

interface InspectorProps {
  slug: string;
  selected: NumberedDecision | null;
  onUnselect: () => void;
}

/** Beside the terminal: what may leave, what just asked to, and with which credentials. */
export function Inspector({ slug, selected, onUnselect }: InspectorProps) {
  const { data: routes, error: routesError } = useRoutes(slug);
  const { data: known, error: decisionsError } = useDecisions(slug);
  const edit = useRouteEdit(slug);
  const decisions = known ?? none;
  return (
    <aside aria-label="Inspector" className="min-h-0 w-86 overflow-y-auto border-l border-line bg-panel pb-4 [grid-area:inspector]">
      {selected ? (
        <Section
          title="Decision"
          aside={
            <IconButton label="Close decision" onClick={onUnselect}>
              <X size={14} aria-hidden="true" />
            </IconButton>
          }
        >
          <div className="px-2 pb-2">
            <DecisionDetail slug={slug} entry={selected} />
          </div>
        </Section>
      ) : null}
      <Section
        title={routes ? `Routes · revision ${routes.table.revision}` : "Routes"}
        aside={
          routes ? (
            <Button className="h-6! px-2! text-sm" aria-label="Edit routes…" onClick={() => edit(null)}>
              Edit…
            </Button>
          ) : null
        }
      >
        <div className="px-2">{routes ? <RouteList slug={slug} view={routes} /> : <Unknown error={routesError} />}</div>
      </Section>
      <Section title="Decisions · live">
        {known ? <RecentDecisions slug={slug} decisions={decisions} /> : <Unknown error={decisionsError} />}
      </Section>
      <Section title="Credentials in use">
        <CredentialsCard slug={slug} />
      </Section>
      <Section title="Model calls today">
        <div className="px-2 py-1">
          <MeterCard slug={slug} />
        </div>
      </Section>
    </aside>
  );
}
