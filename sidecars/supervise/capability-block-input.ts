import { z } from "zod";
import { AGENT_BASE, dockerfileProblems } from "#common/domain/agent-dockerfile.ts";
import type { CapabilityRequest } from "#common/domain/proposal.ts";
import type { InputOutcome } from "./checked-fields.ts";
import { checkJustification, describeIssue, Justification, problemsOf } from "./checked-fields.ts";

/** What `capability-block` takes, described for the agent that fills it in. */
export const CapabilityBlockInput = z.strictObject({
  dockerfile: z
    .string("must be a string: the whole text of a Dockerfile")
    .describe(
      [
        `A whole Dockerfile in plain ASCII. Its first line is exactly \`FROM ${AGENT_BASE}\`: the image this sandbox was started on.`,
        "Then RUN, ENV, ARG, WORKDIR, SHELL and USER as needed; no COPY or ADD, no other images, no here-documents, no credentials.",
        "Installing packages needs `USER root` before and `USER node` after, e.g.",
        `"FROM ${AGENT_BASE}\\nUSER root\\nRUN apt-get update && apt-get install -y --no-install-recommends jq\\nUSER node\\n".`,
      ].join(" "),
    ),
  justification: Justification,
});

/** The request out of what an agent sent, or everything that is wrong with it at once. */
export function readCapabilityBlock(args: unknown): InputOutcome<CapabilityRequest> {
  const parsed = CapabilityBlockInput.safeParse(args);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(describeIssue) };
  const { dockerfile } = parsed.data;
  const justification = checkJustification(parsed.data.justification);
  const problems = [...dockerfileProblems(dockerfile).map((problem) => `dockerfile: ${problem}`), ...problemsOf([justification])];
  if (problems.length > 0 || !("value" in justification)) return { ok: false, problems: problems.slice(0, 20) };
  return { ok: true, request: { kind: "capability", dockerfile }, justification: justification.value };
}
