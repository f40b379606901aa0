import type { Grant } from "#common/domain/route.ts";
import { formatMoment, formatSpan, plural } from "../ui/format.ts";
import { Tag } from "../ui/tag.tsx";
import { useNow } from "../ui/use-now.ts";

/** What is left of a grant, in two or three words. */
export function grantWords({ limit }: Pick<Grant, "limit">, now: number): string {
  if (limit.kind === "life") return "until the bottle ends";
  if (limit.kind === "requests") return `${plural(limit.left, "request")} left`;
  const left = Date.parse(limit.at) - now;
  return left > 0 ? `${formatSpan(left)} left` : "expired";
}

/** Counts down by itself, so that nothing around it renders with it. */
export function GrantLeft({ grant }: { grant: Grant }) {
  const now = useNow();
  const title = grant.limit.kind === "until" ? `until ${formatMoment(grant.limit.at)}` : `granted by ${grant.by}`;
  return (
    <Tag tone="warn" title={title}>
      {grantWords(grant, now)}
    </Tag>
  );
}
