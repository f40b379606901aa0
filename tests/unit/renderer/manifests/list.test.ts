import { describe, expect, test } from "vitest";
import type { ManifestFile } from "#common/ipc/manifest-methods.ts";
import { filterManifests, inListOrder } from "../../../../renderer/manifests/filter-manifests.ts";
import { freeName, nameFault } from "../../../../renderer/manifests/new-manifest.ts";

function file(kind: ManifestFile["kind"], name: string, parts: Partial<ManifestFile> = {}): ManifestFile {
  return {
    kind,
    name,
    workspace: null,
    file: `/home/${kind}s/${name}.md`,
    writable: true,
    summary: "",
    parent: null,
    provider: null,
    routes: null,
    extends: [],
    skills: [],
    usedBy: { bottles: [], agents: [] },
    overridden: false,
    problems: [],
    ...parts,
  };
}

const problem = { file: "", line: 1, column: 1, endColumn: 1, message: "unknown key", excerpt: "", severity: "error" } as const;
const files = [
  file("agent", "writer", { parent: "dev", extends: ["base"], summary: "You write." }),
  file("bottle", "dev", { provider: "claude" }),
  file("bottle", "base", { problems: [problem] }),
];
const named = (list: readonly ManifestFile[]) => list.map(({ name }) => name);

describe("UI-2: the list of manifests", () => {
  test("keeps its order whatever becomes of a file", () => {
    expect(named(inListOrder(files))).toEqual(["base", "dev", "writer"]);
  });

  test("is filtered by kind, problems and words: of the chain, the text, the error", () => {
    expect(named(filterManifests(files, "", "bottle"))).toEqual(["dev", "base"]);
    expect(named(filterManifests(files, "", "problems"))).toEqual(["base"]);
    expect(named(filterManifests(files, "DEV", "agent"))).toEqual(["writer"]);
    expect(named(filterManifests(files, "base write", "all"))).toEqual(["writer"]);
    expect(named(filterManifests(files, "unknown key", "all"))).toEqual(["base"]);
  });
});

describe("MAN-2: the name of a new manifest", () => {
  test.each([
    ["good-1", null],
    ["", "Give it a name."],
    ["Bad", "A name starts with a-z and holds only a-z, 0-9 and -."],
    ["../../etc", "A name starts with a-z and holds only a-z, 0-9 and -."],
    ["dev", "There is a bottle dev already."],
  ])("%j", (name, fault) => {
    expect(nameFault(name, "bottle", files)).toBe(fault);
  });

  test("an agent may be called as a bottle is; a copy gets a name that is free", () => {
    expect(nameFault("dev", "agent", files)).toBeNull();
    expect(freeName("dev", "bottle", files)).toBe("dev-2");
  });
});
