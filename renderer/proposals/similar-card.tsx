import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { hrefOf } from "../app/location.ts";
import { VerdictSign } from "../egress/verdict.tsx";
import { Card } from "../ui/card.tsx";
import { formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";

type Similar = ProposalView["similar"][number];

function Row({ similar }: { similar: Similar }) {
  return (
    <li>
      <a href={hrefOf({ name: "inbox", id: similar.proposalId })} className="flex items-baseline gap-2 px-3 py-1 hover:bg-raised">
        <span className="self-center">
          <VerdictSign verdict={similar.verdict === "approved" ? "allowed" : "refused"} />
        </span>
        <span className="shrink-0">
          {similar.verdict} <span className="text-dim">{similar.likeness}</span>
        </span>
        <span className="min-w-0 truncate text-faint">
          <InertText text={similar.note === "" ? similar.slug : `${similar.slug}: ${similar.note}`} />
        </span>
        <span className="data ml-auto shrink-0 text-sm text-faint">
          {formatMoment(similar.decidedAt)} {similar.by}
        </span>
      </a>
    </li>
  );
}

/** What was decided about much the same before. */
export function SimilarCard({ similar }: { similar: readonly Similar[] }) {
  if (similar.length === 0) return null;
  return (
    <Card title="Decided before">
      <ul aria-label="Similar decisions" className="max-h-44 overflow-y-auto py-1">
        {similar.map((each) => (
          <Row key={each.proposalId} similar={each} />
        ))}
      </ul>
    </Card>
  );
}
