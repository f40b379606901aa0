import { formatCount, plural } from "../ui/format.ts";

const WIDTH = 96;
const HEIGHT = 18;

interface SparklineProps {
  /** Oldest first, by the minute. */
  allowed: readonly number[];
  refused: readonly number[];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** What a sparkline shows, in words. */
export function sparklineWords(allowed: readonly number[], refused: readonly number[]): string {
  const most = Math.max(0, ...allowed.map((count, at) => count + (refused[at] ?? 0)));
  const stopped = sum(refused);
  return `Last ${allowed.length} minutes: ${formatCount(sum(allowed))} allowed${
    stopped > 0 ? `, ${formatCount(stopped)} refused or failed` : ""
  }, at most ${plural(most, "request")} a minute`;
}

/** Bars by the minute; what did not get through stands on top, hatched off by colour and a gap. */
export function Sparkline({ allowed, refused }: SparklineProps) {
  const most = Math.max(1, ...allowed.map((count, at) => count + (refused[at] ?? 0)));
  const step = WIDTH / Math.max(1, allowed.length);
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * (HEIGHT - 1)));
  const words = sparklineWords(allowed, refused);
  return (
    <svg role="img" aria-label={words} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="shrink-0">
      <title>{words}</title>
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className="stroke-line" />
      {allowed.map((count, at) => {
        const passed = heightOf(count);
        const stopped = heightOf(refused[at] ?? 0);
        if (passed + stopped === 0) return null;
        const x = at * step;
        const width = Math.max(1, step - 0.6);
        const top = Math.max(0, HEIGHT - passed - stopped - (passed > 0 && stopped > 0 ? 1 : 0));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a minute has no identity but its place
          <g key={at}>
            {passed > 0 ? <rect x={x} y={HEIGHT - passed} width={width} height={passed} className="fill-ok" /> : null}
            {stopped > 0 ? <rect x={x} y={top} width={width} height={stopped} className="fill-bad" /> : null}
          </g>
        );
      })}
    </svg>
  );
}
