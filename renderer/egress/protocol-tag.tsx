import { Tag } from "../ui/tag.tsx";
import type { Decision } from "./decision-log.ts";

const words = { h2: { short: "H2", long: "HTTP/2" }, websocket: { short: "WS", long: "WebSocket" } } as const;

/** Marks what is not HTTP/1.1. */
export function ProtocolTag({ protocol }: { protocol: Decision["protocol"] }) {
  if (protocol === undefined) return null;
  return (
    <Tag mono title={words[protocol].long}>
      <span aria-hidden="true">{words[protocol].short}</span>
      <span className="sr-only">{words[protocol].long}</span>
    </Tag>
  );
}
