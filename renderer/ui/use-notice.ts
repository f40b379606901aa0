import { Toast } from "@base-ui/react/toast";
import { visibleString } from "./visible-text.ts";

export type NoticeTone = "info" | "warn" | "bad";

/** Says something in passing, read out politely; what went wrong stays until it is dismissed. */
export function useNotice(): (tone: NoticeTone, text: string) => void {
  const { add } = Toast.useToastManager();
  return (tone, text) => {
    add({ description: visibleString(text), type: tone, timeout: tone === "bad" ? 0 : 7000, priority: "low" });
  };
}
