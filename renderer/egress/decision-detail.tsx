import type { ReactNode } from "react";
import { formatBytes, formatCount, formatDuration, formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";
import { DecisionActions } from "./decision-actions.tsx";
import type { Decision, NumberedDecision } from "./decision-log.ts";
import { FindingBox } from "./finding-box.tsx";
import { ProtocolTag } from "./protocol-tag.tsx";
import { ruleText } from "./rule-text.ts";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="data min-w-0 break-all">{children}</dd>
    </>
  );
}

function Facts({ decision }: { decision: Decision }) {
  const { usage } = decision;
  return (
    <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-y-1 text-sm">
      <Fact name="Request">
        <InertText text={`${decision.method} ${decision.host}`} />
        {decision.port === 443 ? "" : `:${decision.port}`}
      </Fact>
      <Fact name="Path">
        <span className="block max-h-40 overflow-y-auto">
          <InertText text={decision.path} />
        </span>
      </Fact>
      <Fact name="Time">{formatMoment(decision.time)}</Fact>
      <Fact name="Revision">{decision.revision}</Fact>
      <Fact name="Credential">{decision.tokenRef ?? "none added"}</Fact>
      <Fact name="Status">{decision.status ?? "no answer"}</Fact>
      <Fact name="Bytes">
        {formatBytes(decision.bytesUp)} up · {formatBytes(decision.bytesDown)} down
      </Fact>
      <Fact name="Took">{formatDuration(decision.durationMs)}</Fact>
      {decision.grantId === undefined ? null : <Fact name="Grant">{decision.grantId}</Fact>}
      {usage === undefined ? null : (
        <Fact name="Tokens">
          <InertText text={usage.model} />: {formatCount(usage.input)} in · {formatCount(usage.output)} out ·{" "}
          {formatCount(usage.cacheRead + usage.cacheWrite)} cache
        </Fact>
      )}
    </dl>
  );
}

/** One decision, with its rule explained and what can be done about it. */
export function DecisionDetail({ slug, entry: { decision } }: { slug: string; entry: NumberedDecision }) {
  const tone = decision.verdict === "allowed" ? "ok" : decision.verdict === "refused" ? "bad" : "warn";
  return (
    <div className="flex flex-col gap-2.5">
      <div className="flex items-center gap-2">
        <Tag tone={tone}>{decision.verdict}</Tag>
        <Tag mono>{decision.rule}</Tag>
        <ProtocolTag protocol={decision.protocol} />
      </div>
      <p className="font-medium break-words">
        <InertText text={decision.reason} />
      </p>
      <p className="text-sm text-dim">{ruleText(decision.rule).long}</p>
      {decision.finding ? <FindingBox finding={decision.finding} host={decision.host} /> : null}
      <DecisionActions slug={slug} decision={decision} />
      <Facts decision={decision} />
    </div>
  );
}
