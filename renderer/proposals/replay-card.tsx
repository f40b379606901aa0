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
        {request.allowed ? null : <span className="text-faint"> refused: {request.reason}</span>}
      </span>
      <span className="text-faint">{request.count > 1 ? `${request.count} times` : ""}</span>
    </li>
  );
}

/** What the change would have let through of all that this bottle really asked of the host, allowed or not. */
export function ReplayCard({ replay }: { replay: NonNullable<ProposalView["replay"]> }) {
  const total = replay.allowed + replay.refused;
  return (
    <Card
      title={
        <>
          It would have allowed{" "}
          <b className="font-semibold">
            {replay.allowed} of {total} past {total === 1 ? "request" : "requests"}
          </b>{" "}
          of this bottle to this host
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
        <p className="px-3 py-2 text-faint">This bottle has asked nothing of this host so far, so there is nothing to compare with.</p>
      )}
    </Card>
  );
}
