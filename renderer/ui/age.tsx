import { formatAge, formatMoment } from "./format.ts";
import { useNow } from "./use-now.ts";

/** How long ago, kept current. */
export function Age({ since, className = "" }: { since: string | null; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={since ?? undefined} title={since ? formatMoment(since) : "not known"} className={className}>
      {formatAge(since, now)}
    </time>
  );
}
