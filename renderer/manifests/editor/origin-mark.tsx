import type { Origin } from "./origin.ts";

const looks: Record<Origin, { colour: string; drawing: React.ReactNode }> = {
  own: { colour: "text-accent", drawing: <circle cx="5" cy="5" r="3.6" fill="currentColor" /> },
  inherited: { colour: "text-ok", drawing: <path d="M5 1 9 6H6.2v3H3.8V6H1Z" fill="currentColor" /> },
  provider: {
    colour: "text-warn",
    drawing: <rect x="1.6" y="1.6" width="6.8" height="6.8" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  },
  default: {
    colour: "text-faint",
    drawing: <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.2" strokeDasharray="2 1.6" />,
  },
};

/** Where a value comes from, as a shape beside its words. */
export function OriginMark({ origin }: { origin: Origin }) {
  return (
    <svg width={10} height={10} viewBox="0 0 10 10" aria-hidden="true" className={`shrink-0 ${looks[origin].colour}`}>
      {looks[origin].drawing}
    </svg>
  );
}
