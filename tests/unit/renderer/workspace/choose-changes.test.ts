import { describe, expect, it } from "vitest";
import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";
import { allReady, choiceFacts, countStandings, filterChanges, toggled } from "../../../../renderer/workspace/choose-changes.ts";
import { sampleChanges } from "../../../support/fake-bridge/sample-workspace.ts";

const { changes } = sampleChanges;
const one = (path: string) => changes.find((change) => change.path === path) as WorkspaceChange;
const paths = (some: readonly WorkspaceChange[]) => some.map(({ path }) => path);

describe("which changes are brought back (ENV-4)", () => {
  it("tells what is ready, conflicts, and is refused", () => {
    expect(countStandings(changes)).toEqual({ ready: 8, conflict: 1, refused: 3 });
    expect(paths(filterChanges(changes, "", "conflict"))).toEqual(["src/db/pool.ts"]);
  });

  it("finds by words of path, kind and warning", () => {
    expect(paths(filterChanges(changes, "db QUERY", "all"))).toEqual(["src/db/query.ts"]);
    expect(paths(filterChanges(changes, "npm", "all"))).toEqual(["package.json"]);
    expect(paths(filterChanges(changes, "removed", "all"))).toEqual(["src/legacy/old-client.ts"]);
    expect(filterChanges(changes, "nothing like it", "all")).toEqual([]);
  });

  it("never chooses what is refused, and a conflict only by itself", () => {
    const all = allReady(changes);
    expect(all.has("src/db/pool.ts")).toBe(false);
    expect(all.has("latest")).toBe(false);
    expect(toggled(all, one("latest"))).toBe(all);
    expect(toggled(all, one("src/db/pool.ts")).has("src/db/pool.ts")).toBe(true);
    expect(toggled(all, one("docs/diagram.png")).has("docs/diagram.png")).toBe(false);
  });

  it("says what a choice replaces, removes and sets off", () => {
    const chosen = new Set(["src/db/pool.ts", "src/legacy/old-client.ts", ".envrc"]);
    const facts = choiceFacts(changes, chosen);
    expect(facts).toMatchObject({ overwrite: ["src/db/pool.ts"], removals: 1 });
    expect(paths(facts.selfRunning)).toEqual([".envrc"]);
  });
});
