/**
 * A model that lacks a program: it asks for it, says that it waits, and, told that it runs on the new image, looks the decision
 * up and runs the program. Which step is due is read from the conversation, so that only one that was kept whole gets on.
 */

interface Block {
  type: string;
  [key: string]: unknown;
}

/** What a user says that begins such a conversation. */
const TASK = "Get yourself the new tool";

const DOCKERFILE = [
  "FROM bot-bottle-agent",
  "USER root",
  "RUN printf '#!/bin/sh\\necho tool-of-the-new-image\\n' > /usr/local/bin/new-tool && chmod 755 /usr/local/bin/new-tool",
  "USER node",
  "",
].join("\n");

export function isCapabilityTask(messages: readonly { content: unknown }[]): boolean {
  return JSON.stringify(messages).includes(TASK);
}

/** `results`: what the tools of this conversation answered so far. */
export function nextCapabilityBlock(messages: readonly { content: unknown }[], results: readonly string[]): Block {
  const moved = JSON.stringify(messages).includes("[bot-bottle] The operator approved");
  if (results.length === 0)
    return call(1, "mcp__supervise__capability-block", { dockerfile: DOCKERFILE, justification: "The task needs new-tool." });
  if (results.length === 1 && !moved) return { type: "text", text: "waiting-for-the-image" };
  if (results.length === 1)
    return call(2, "mcp__supervise__proposal-status", { id: /proposal_id: ([a-z0-9.-]+)/.exec(results[0] ?? "")?.[1] ?? "" });
  if (results.length === 2) return call(3, "Bash", { command: "new-tool; cat ~/workspace-mark", description: "Use the new tool" });
  return { type: "text", text: `capability-complete ${results.join(" | ").replace(/\s+/g, " ")}` };
}

function call(number: number, name: string, input: object): Block {
  return { type: "tool_use", id: `toolu_capability_${number}`, name, input };
}
