import { useEffect, useRef } from "react";
import { InertText } from "../ui/inert-text.tsx";

interface HostileLinesProps {
  lines: readonly string[];
  label: string;
  /** Whether lines still come: then its end stays in sight, unless the operator has scrolled up to read. */
  live?: boolean;
}

/** Text of a build or of an agent, line by line, in a box that scrolls. */
export function HostileLines({ lines, label, live = false }: HostileLinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(live);
  useEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current && lines.length > 0) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return (
    <div
      ref={scroller}
      role="log"
      aria-label={label}
      // What comes is there to be read, not to be read out: the step is said instead.
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it can be scrolled by keys only in the focus
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className="data max-h-72 overflow-y-auto px-3 py-2 text-sm leading-5 break-all whitespace-pre-wrap text-dim"
    >
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line's identity is its place
        <div key={index}>
          <InertText text={line} />
        </div>
      ))}
      {lines.length === 0 ? <span className="text-faint">Nothing said yet.</span> : null}
    </div>
  );
}
