import type { IpcReply } from "./contract.ts";

/** Name under which the preload puts the bridge into the window. */
export const BRIDGE_GLOBAL = "botBottle";

/** What a preload exposes, on either shell: it moves messages and knows no domain, so parsing is left to both ends. */
export interface Bridge {
  call(method: string, input: unknown): Promise<IpcReply>;
  /** Calls `listener` with every payload of the topic until the returned function is called. */
  subscribe(topic: string, listener: (payload: unknown) => void): () => void;
}
