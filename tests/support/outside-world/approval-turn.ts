/**
 * A model that asks for a route, is told that nobody has decided yet, does other work meanwhile, asks again, and goes on with the
 * route it then has. Which step is due is read from the conversation.
 */

interface Block {
  type: string;
  [key: string]: unknown;
}

/** What a user says that begins such a conversation. */
const TASK = "Fetch the package once you may";

const WAIT = "until [ -e /tmp/decided ]; do sleep 0.2; done; echo other-work-done";
const FETCH = "curl -sS https://packages.world.test/needed";

export function isApprovalTask(messages: readonly { content: unknown }[]): boolean {
  return JSON.stringify(messages).includes(TASK);
}

/** `results`: what the tools of this conversation answered so far. */
export function nextApprovalBlock(results: readonly string[]): Block {
  const id = /proposal_id[\\":\s]+([a-z0-9.-]+)/.exec(results[0] ?? "")?.[1] ?? "";
  const steps: readonly (() => Block)[] = [
    () =>
      call(0, "mcp__supervise__egress-block", {
        host: "packages.world.test",
        path_allowlist: ["/needed"],
        methods: ["GET"],
        justification: "The build needs one package.",
      }),
    () => call(1, "Bash", { command: WAIT, description: "Do other work" }),
    () => call(2, "mcp__supervise__proposal-status", { id }),
    () => call(3, "Bash", { command: FETCH, description: "Fetch the package" }),
  ];
  return steps[results.length]?.() ?? { type: "text", text: `approval-complete ${results.join(" | ")}` };
}

function call(number: number, name: string, input: object): Block {
  return { type: "tool_use", id: `toolu_approval_${number}`, name, input };
}
