import { join } from "node:path";
import type { Slug } from "#common/domain/names.ts";
import type { HomePaths } from "../platform/home.ts";

/** What is kept of a bottle's workspace, in its state folder. */
export interface WorkspaceFiles {
  /** What was copied in, and brought back since. */
  readonly record: string;
  /** Contents on their way to the host folder. */
  readonly arriving: string;
  /** What was overwritten or removed on the host, by the time of it; outlives the bottle. */
  readonly broughtBack: string;
}

export function workspaceFiles(home: HomePaths, slug: Slug): WorkspaceFiles {
  const state = home.bottleState(slug);
  return { record: join(state, "workspace.jsonl.gz"), arriving: join(state, "arriving"), broughtBack: join(state, "brought-back") };
}
