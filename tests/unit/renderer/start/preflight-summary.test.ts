import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Preflight } from "#common/domain/bottle.ts";
import { PreflightSummary } from "../../../../renderer/start/preflight-summary.tsx";

const REVERSED = "\u202e";

/** A repository chooses its agent's identity, and the names of its files, which warnings repeat. */
const preflight: Preflight = {
  agent: "demo",
  bottle: "demo",
  provider: "shell",
  backend: "docker",
  runtime: null,
  image: "bot-bottle-agent:0",
  imagePresent: true,
  envNames: [],
  prompts: [],
  skills: [],
  gitIdentity: `Ada${REVERSED} <ada@example.org>`,
  repos: [],
  routes: [],
  supervise: false,
  workspace: { hostPath: `/home/ada/${REVERSED}project`, guestPath: "/home/node/workspace", files: 1 },
  warnings: [`large: ${REVERSED}gnp.exe`],
  lackingSecrets: [],
  problems: [`unreadable: ${REVERSED}a`],
};

test("nothing in a preflight turns round what stands after it (BTL-1, SEC-1)", () => {
  const html = renderToStaticMarkup(createElement(PreflightSummary, { preflight, busy: false, onErrand: () => undefined }));
  expect(html).not.toContain(REVERSED);
  expect(html.match(/right-to-left override/g)?.length).toBeGreaterThanOrEqual(4);
});
