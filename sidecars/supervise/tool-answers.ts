import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

/** What tools say, to a reader that acts on the text and to a program that reads the structure; both say the same. */
export function answer(text: string, structured: Record<string, unknown>): CallToolResult {
  return { content: [{ type: "text", text }], structuredContent: structured };
}

export function refusedAnswer(tool: string, problems: readonly string[]): CallToolResult {
  const text = `${tool} was not filed. Put this right and call it again:\n${problems.map((problem) => `- ${problem}`).join("\n")}`;
  return { ...answer(text, { status: "invalid", problems }), isError: true };
}

/** The same for ids that never were, were another bottle's, or are forgotten: none of them says anything. */
export function unknownProposalAnswer(id: string): CallToolResult {
  const text = `There is no proposal ${JSON.stringify(id.slice(0, 80))} here. Use the proposal_id that your proposal was answered with, or the id of a held push.`;
  return { ...answer(text, { status: "unknown" }), isError: true };
}

export function note(text: string): string[] {
  return text === "" ? [] : [`Operator's note: ${text}`];
}
