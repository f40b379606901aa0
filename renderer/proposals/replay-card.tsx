import type { ProposalView } from "#common/ipc/proposal-methods.ts";
import { VerdictSign } from "../egress/verdict.tsx";
import { Card } from "../ui/card.tsx";
import { formatClock } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";

type Replayed = NonNullable<ProposalView["replay"]>["requests"][number];

function Row({ request }: { request: Replayed }) {
  return (
    <li className="flex items-baseline gap-2 px-3 py-0.5">
      <span className="text-faint">{formatClock(request.time)}</span>
      <VerdictSign verdict={request.allowed ? "allowed" : "refused"} />
      <span className="min-w-0 grow truncate">
        <InertText text={`${request.method} ${request.path}`} />
        {request.allowed ? null : <span className="text-faint"> stays refused: {request.reason}</span>}
      </span>
      <span className="text-faint">{request.count > 1 ? `${request.count} times` : ""}</span>
    </li>
  );
}

/** What the change would have let through of what this bottle really asked for. */
export function ReplayCard({ replay }: { replay: NonNullable<ProposalView["replay"]> }) {
  const total = replay.allowed + replay.refused;
  return (
    <Card
      title={
        <>
          In this bottle's recent traffic it would have allowed{" "}
          <b className="font-semibold">
            {replay.allowed} of {total} refused {total === 1 ? "request" : "requests"}
          </b>
        </>
      }
    >
      {replay.requests.length > 0 ? (
        <ul className="data max-h-56 overflow-y-auto py-1.5 text-sm leading-5">
          {replay.requests.map((request) => (
            <Row key={`${request.time} ${request.method} ${request.path} ${request.allowed}`} request={request} />
          ))}
        </ul>
      ) : (
        <p className="px-3 py-2 text-faint">No refused request to this host is known, so there is nothing to compare with.</p>
      )}
    </Card>
  );
}
