import type { z } from "zod";
import type { Preflight } from "#common/domain/bottle.ts";
import { inert } from "./inert.ts";

/** The summary of BTL-1 as text. */
export function formatPreflight(preflight: z.infer<typeof Preflight>): string {
  const { workspace } = preflight;
  const files = workspace?.files == null ? "" : ` (${workspace.files} files)`;
  const lines: readonly (readonly [string, string])[] = [
    ["agent", preflight.agent],
    ["bottle", preflight.bottle],
    ["provider", preflight.provider],
    ["backend", preflight.runtime === null ? preflight.backend : `${preflight.backend} (${preflight.runtime})`],
    ["image", preflight.imagePresent ? preflight.image : `${preflight.image} (will be built)`],
    ["workspace", workspace === null ? "none" : `${workspace.hostPath} → ${workspace.guestPath}${files}`],
    ["env", listed(preflight.envNames)],
    ["skills", listed(preflight.skills)],
    ["git", preflight.gitIdentity ?? "none"],
    ["repos", listed(preflight.repos)],
    ["routes", listed(preflight.routes)],
    ["supervise", preflight.supervise ? "on" : "off"],
  ];
  return [
    ...lines.map(([name, value]) => `  ${name.padEnd(10)} ${inert(value)}`),
    ...preflight.warnings.map((warning) => `  ! ${inert(warning)}`),
    ...preflight.problems.map((problem) => `  ✗ ${inert(problem)}`),
  ].join("\n");
}

function listed(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.join(", ");
}
