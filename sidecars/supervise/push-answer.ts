import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { HeldPush } from "#common/domain/git.ts";
import { answer, note } from "./tool-answers.ts";

/** Where a held push stands, and what the agent should do about it (GIT-6). */
export function pushAnswer({ push, status, decision }: HeldPush): CallToolResult {
  const { word, advice } = STANDING[status];
  const reason = status === "withdrawn" ? [`Reason: ${push.reason}`] : [];
  const text = [`status: ${word}`, `push_id: ${push.id}`, `repository: ${push.repo}`, ...reason, advice, ...note(decision?.note ?? "")];
  return answer(text.join("\n"), { status: word, push_id: push.id, repository: push.repo, note: decision?.note ?? "" });
}

const STANDING: Readonly<Record<HeldPush["status"], { readonly word: string; readonly advice: string }>> = {
  held: {
    word: "pending",
    advice:
      "The operator has not decided yet; nothing was sent upstream. Go on with other work and ask again later. Do not rewrite the push.",
  },
  forwarded: { word: "approved", advice: "It is upstream now: run git fetch. Nothing is left to push." },
  refused: {
    word: "rejected",
    advice: "The operator refused it and nothing was sent upstream. Do not push the same again; find another way to do the task.",
  },
  withdrawn: { word: "withdrawn", advice: "It can no longer be forwarded. Fetch, build upon what is there, and push again." },
};
