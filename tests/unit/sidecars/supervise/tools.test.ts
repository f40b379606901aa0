import { describe, expect, test } from "vitest";
import { INSTRUCTIONS, offeredTools } from "../../../../sidecars/supervise/tools.ts";

describe("what agents are told of the tools (SUP-1)", () => {
  test("every rule that refuses has its next step, and no tool is named that is not there", () => {
    const told = [INSTRUCTIONS, ...offeredTools(true).map(({ description }) => description ?? "")].join("\n");
    const askable = [
      "no-route",
      "method",
      "path",
      "websocket",
      "route-revoked",
      "dlp",
      "pipelock",
      "address-refused",
      "budget",
      "credential-cut",
    ];
    for (const rule of askable) expect(told).toContain(rule);
    const named = new Set(told.match(/\b[a-z]+-(?:block|routes|status)\b/g));
    expect([...named].sort()).toEqual(
      offeredTools(true)
        .flatMap(({ name }) => (named.has(name) ? [name] : []))
        .sort(),
    );
  });

  test("what egress-block cannot ask for, such as WebSocket, is not sent there", () => {
    const [egressBlock] = offeredTools(true);
    expect(Object.keys(egressBlock?.inputSchema.properties ?? {})).not.toContain("websocket");
    expect(egressBlock?.description).not.toContain("websocket");
    expect(INSTRUCTIONS).toMatch(/websocket, budget or credential-cut: nothing you can ask for helps/);
  });

  test("the image is offered where one can be given", () => {
    expect(offeredTools(false).map(({ name }) => name)).toEqual([
      "egress-block",
      "pipelock-block",
      "list-egress-routes",
      "proposal-status",
    ]);
    expect(offeredTools(true).map(({ name }) => name)).toContain("capability-block");
  });

  test("every argument is described, for what it is and how it looks", () => {
    for (const { name, inputSchema } of offeredTools(true)) {
      for (const [field, schema] of Object.entries(inputSchema.properties ?? {})) {
        expect(JSON.stringify(schema), `${name}.${field}`).toMatch(/"description":"[^"]{30,}/);
      }
    }
  });

  test("what files waits, is told to be asked about later, and never to be repeated", () => {
    for (const { description } of offeredTools(true).filter(({ name }) => name.endsWith("-block"))) {
      expect(description).toMatch(/status: pending.*proposal-status/);
    }
  });
});
