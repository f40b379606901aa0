import type { Proposal } from "#common/domain/proposal.ts";
import { hrefOf } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import { Shape } from "../ui/shape.tsx";
import { visibleString } from "../ui/visible-text.ts";
import { inboxLists, outcomeWords, toolWords } from "./words.ts";

function Row({ proposal, here }: { proposal: Proposal; here: boolean }) {
  const waiting = proposal.status === "pending";
  const about = waiting ? visibleString(proposal.request.host) : outcomeWords(proposal);
  return (
    <li className="border-b border-line">
      <a
        href={hrefOf({ name: "inbox", id: proposal.id })}
        aria-current={here ? "true" : undefined}
        className="relative flex gap-3 px-3 py-2.5 hover:bg-raised focus-visible:outline-offset-[-2px] aria-[current]:bg-selected aria-[current]:before:absolute aria-[current]:before:inset-y-0 aria-[current]:before:left-0 aria-[current]:before:w-0.5 aria-[current]:before:bg-accent"
      >
        <span className="flex h-5 items-center">
          <Shape status={waiting ? "needs-you" : "stopped"} />
          <span className="sr-only">{waiting ? "waiting: " : `${outcomeWords(proposal)}: `}</span>
        </span>
        <span className="min-w-0 grow">
          <span className="flex items-baseline gap-2">
            <span className={`truncate font-medium ${waiting ? "" : "text-dim"}`}>{toolWords[proposal.tool]}</span>
            <Age since={proposal.createdAt} className="data ml-auto shrink-0 text-xs text-faint" />
          </span>
          <span className="block truncate text-sm text-faint">
            {proposal.slug} · {about}
          </span>
        </span>
      </a>
    </li>
  );
}

/** The proposals to choose from: waiting first, then history. */
export function ProposalList({ proposals, current }: { proposals: readonly Proposal[]; current: string | null }) {
  const { waiting, decided } = inboxLists(proposals);
  return (
    <>
      <ul aria-label="Waiting for you">
        {waiting.map((proposal) => (
          <Row key={proposal.id} proposal={proposal} here={proposal.id === current} />
        ))}
      </ul>
      {waiting.length === 0 ? <p className="px-4 py-3 text-sm text-faint">Nothing waits for you.</p> : null}
      {decided.length > 0 ? (
        <>
          <h2 className="heading px-4 pt-4 pb-1.5">Decided</h2>
          <ul aria-label="Decided" className="border-t border-line">
            {decided.map((proposal) => (
              <Row key={proposal.id} proposal={proposal} here={proposal.id === current} />
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}
