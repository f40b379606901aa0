import { Ban, CircleCheck, CircleDashed } from "lucide-react";
import { Tag } from "../ui/tag.tsx";

export type CredentialState = "ready" | "missing" | "cut" | "unknown";

/** Shape, colour and word (DESIGN 4). */
export function CredentialStateTag({ state }: { state: CredentialState }) {
  if (state === "unknown") return null;
  const { tone, Sign, words } = signs[state];
  return (
    <Tag tone={tone}>
      <Sign size={11} aria-hidden="true" className="mr-1" />
      {words}
    </Tag>
  );
}

const signs = {
  ready: { tone: "ok", Sign: CircleCheck, words: "in memory" },
  missing: { tone: "warn", Sign: CircleDashed, words: "missing: requests stop" },
  cut: { tone: "bad", Sign: Ban, words: "cut off" },
} as const;
