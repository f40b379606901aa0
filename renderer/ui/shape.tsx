/** Status is told by shape, colour and word together (DESIGN 4). */
export type Status = "running" | "needs-you" | "stopped" | "failed" | "starting";

const colours: Record<Status, string> = {
  running: "text-ok",
  "needs-you": "text-warn",
  stopped: "text-faint",
  failed: "text-bad",
  starting: "text-accent",
};

const drawings: Record<Status, React.ReactNode> = {
  running: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  "needs-you": <rect x="1.6" y="1.6" width="6.8" height="6.8" rx="1" fill="currentColor" transform="rotate(45 5 5)" />,
  stopped: <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" strokeWidth="1.2" />,
  failed: <path d="M5 .9 9.6 9H.4Z" fill="currentColor" />,
  starting: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="14 9" />,
};

export function Shape({ status, size = 10 }: { status: Status; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 10 10"
      aria-hidden="true"
      className={`shrink-0 ${colours[status]} ${status === "starting" ? "turning" : ""}`}
    >
      {drawings[status]}
    </svg>
  );
}

export const statusColours = colours;
