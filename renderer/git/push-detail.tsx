import type { PushDecision, PushRecord } from "#common/domain/git.ts";
import { Card } from "../ui/card.tsx";
import { formatMoment, plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";
import { FindingLine } from "./findings.tsx";
import { PushCommits, PushRefs } from "./push-facts.tsx";
import { pushRuleText } from "./push-words.ts";

const verdictTones = { forwarded: "ok", held: "warn", refused: "bad", failed: "bad" } as const;

function Decision({ decision }: { decision: PushDecision }) {
  return (
    <Card title="Decision">
      <p className="px-3 py-2">
        {decision.verdict} {formatMoment(decision.decidedAt)} by {decision.by}
        {decision.allowedFindings.length > 0 ? `, letting ${plural(decision.allowedFindings.length, "finding")} pass once` : ""}
        {decision.note ? (
          <span className="block text-dim">
            Note: <InertText text={decision.note} />
          </span>
        ) : null}
      </p>
    </Card>
  );
}

/** A push that has ended: what was asked, how it ended and why. */
export function PushDetail({ push, decision }: { push: PushRecord; decision: PushDecision | null }) {
  return (
    <div className="flex flex-col gap-3.5">
      <div className="flex flex-col gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <Tag tone={verdictTones[push.verdict]}>{push.verdict}</Tag>
          <Tag mono>{push.rule}</Tag>
          <span className="text-sm text-faint">{formatMoment(push.time)}</span>
        </p>
        <p className="font-medium break-words">
          <InertText text={push.reason} />
        </p>
        <p className="text-sm text-dim">{pushRuleText(push.rule).long}</p>
      </div>
      {decision ? <Decision decision={decision} /> : null}
      {push.findingCount > 0 ? (
        <Card title={<b className="font-semibold text-bad">{plural(push.findingCount, "finding")}</b>}>
          <ul aria-label="Findings">
            {push.findings.map((finding) => (
              <li key={finding.fingerprint} className="border-b border-line/60 px-3 py-2 last:border-b-0">
                <FindingLine finding={finding} />
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <Card title="Refs">
        <PushRefs push={push} />
      </Card>
      <PushCommits push={push} />
    </div>
  );
}
