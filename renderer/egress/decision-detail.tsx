import type { ReactNode } from "react";
import { formatBytes, formatDuration, formatMoment } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";
import type { NumberedDecision } from "./decision-log.ts";
import { ruleText } from "./rule-text.ts";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="data min-w-0 break-all">{children}</dd>
    </>
  );
}

/** One decision, with its rule explained. */
export function DecisionDetail({ entry: { decision } }: { entry: NumberedDecision }) {
  const tone = decision.verdict === "allowed" ? "ok" : decision.verdict === "refused" ? "bad" : "warn";
  return (
    <div className="flex flex-col gap-2.5">
      <div className="flex items-center gap-2">
        <Tag tone={tone}>{decision.verdict}</Tag>
        <Tag mono>{decision.rule}</Tag>
      </div>
      <p className="font-medium break-words">
        <InertText text={decision.reason} />
      </p>
      <p className="text-sm text-dim">{ruleText(decision.rule).long}</p>
      <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-y-1 text-sm">
        <Fact name="Request">
          <InertText text={`${decision.method} ${decision.host}`} />
          {decision.port === 443 ? "" : `:${decision.port}`}
        </Fact>
        <Fact name="Path">
          <InertText text={decision.path} />
        </Fact>
        <Fact name="Time">{formatMoment(decision.time)}</Fact>
        <Fact name="Revision">{decision.revision}</Fact>
        <Fact name="Credential">{decision.tokenRef ?? "none added"}</Fact>
        <Fact name="Status">{decision.status ?? "no answer"}</Fact>
        <Fact name="Bytes">
          {formatBytes(decision.bytesUp)} up · {formatBytes(decision.bytesDown)} down
        </Fact>
        <Fact name="Took">{formatDuration(decision.durationMs)}</Fact>
      </dl>
    </div>
  );
}
