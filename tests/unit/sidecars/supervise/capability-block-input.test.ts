import { describe, expect, test } from "vitest";
import { readCapabilityBlock } from "../../../../sidecars/supervise/capability-block-input.ts";

const dockerfile = "FROM bot-bottle-agent\nRUN npm install -g typescript\n";

describe("what an agent may ask its image to be (SUP-1, SUP-3)", () => {
  test("is the Dockerfile as it was written", () => {
    expect(readCapabilityBlock({ dockerfile, justification: "to compile" })).toEqual({
      ok: true,
      request: { kind: "capability", dockerfile },
      justification: "to compile",
    });
  });

  test("everything that is wrong is told at once, and not more than anybody reads", () => {
    const outcome = readCapabilityBlock({ dockerfile: `FROM bot-bottle-agent\n${"COPY . /\n".repeat(100)}`, justification: " " });
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.problems).toHaveLength(20);
    const both = readCapabilityBlock({ dockerfile: "FROM bot-bottle-agent\nCOPY . /\n", justification: " " });
    expect(both).toMatchObject({ ok: false, problems: [expect.stringContaining("COPY"), expect.stringContaining("justification")] });
  });

  test.each([null, 7, { dockerfile: 7, justification: "x" }, { justification: "x" }, { dockerfile, justification: "x", image: "evil" }])(
    "%j is refused",
    (args) => {
      expect(readCapabilityBlock(args).ok).toBe(false);
    },
  );
});
