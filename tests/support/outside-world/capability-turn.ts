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

const MOST_CALLS = 30;

export function isCapabilityTask(messages: readonly { content: unknown }[]): boolean {
  return JSON.stringify(messages).includes(TASK);
}

/** `results`: what the tools of this conversation answered so far. */
export function nextCapabilityBlock(messages: readonly { content: unknown }[], results: readonly string[]): Block {
  const moved = JSON.stringify(messages).includes("[bot-bottle] The operator approved");
  const said = (words: string) => results.some((result) => result.includes(words));
  const number = results.length + 1;
  if (number === 1)
    return call(number, "mcp__supervise__capability-block", { dockerfile: DOCKERFILE, justification: "The task needs new-tool." });
  if (!moved) return { type: "text", text: "waiting-for-the-image" };
  const id = /proposal_id[\\":\s]+([a-z0-9.-]+)/.exec(results[0] ?? "")?.[1] ?? "";
  // The decision is recorded a moment after the agent is back: it asks, waits, and asks again.
  if (!said("approved") && number < MOST_CALLS)
    return number % 2 === 0 ? call(number, "mcp__supervise__proposal-status", { id }) : call(number, "Bash", { command: "sleep 2" });
  if (!said("mark-from-before") && number < MOST_CALLS)
    return call(number, "Bash", { command: "new-tool; cat ~/workspace-mark", description: "Use the new tool" });
  const output = /tool-of-the-new-image[^"]*?mark-from-before/.exec(results.at(-1) ?? "")?.[0].replace(/(?:\\+n|\s)+/g, "+");
  // In one word: a terminal may move its cursor where blanks are.
  return { type: "text", text: `capability-complete:${said("approved") ? "approved" : "pending"}:${output ?? "no-tool"}` };
}

function call(number: number, name: string, input: object): Block {
  return { type: "tool_use", id: `toolu_capability_${number}`, name, input };
}
