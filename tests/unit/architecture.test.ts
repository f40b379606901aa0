import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const zones = ["common", "main", "preload", "renderer", "sidecars"];

/** Inside main, top to bottom: a folder imports from lower rows only, never from its own row's other folders. */
const layersOfMain = [
  ["electron", "chromium", "cli"],
  ["app"],
  ["ipc"],
  ["bottles", "proposals", "terminals", "deploy", "ssh-sessions"],
  ["audit", "egress", "git", "providers", "manifests", "secrets", "workspace"],
  ["backends", "sidecars"],
  ["platform"],
];

/** Interfaces that folders are written against; knowing a shape is no dependency at run time. */
const seams = new Set(["main/ipc/handlers.ts", "main/backends/backend.ts"]);

const computingPackages = new Set(["zod", "yaml", "diff", "tldts", "fastest-levenshtein"]);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const importPattern = /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(importPattern)].map(([, typeOnly, statement, call]) => ({
    from: file,
    to: target(file, statement ?? call ?? ""),
    typeOnly: typeOnly !== undefined,
  }));
}

/** A path inside the repository, or the specifier of a package. */
function target(file: string, specifier: string): string {
  if (specifier.startsWith("#common/")) return specifier.slice(1);
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
}

const imports = globSync(`{${zones.join(",")}}/**/*.{ts,tsx}`, { cwd: root }).flatMap(importsOf);
const inZone = (zone: string): Import[] => imports.filter(({ from }) => from.startsWith(`${zone}/`));
const shown = (wrong: readonly Import[]): string[] => wrong.map(({ from, to }) => `${from} -> ${to}`);
const folderOf = (path: string): string => path.split("/")[1] ?? "";

describe("who may import whom (DESIGN 1)", () => {
  test.each(zones)("%s imports no other zone but common", (zone) => {
    const others = zones.filter((other) => other !== zone && other !== "common");
    expect(shown(inZone(zone).filter(({ to }) => others.some((other) => to.startsWith(`${other}/`))))).toEqual([]);
  });

  test("common needs neither Node nor a browser, only packages that compute", () => {
    const packages = inZone("common").filter(({ to }) => !to.startsWith("common/"));
    expect(shown(packages.filter(({ to }) => !computingPackages.has(to)))).toEqual([]);
  });

  test("a sidecar imports kit and common, never another sidecar", () => {
    const wrong = inZone("sidecars").filter(
      ({ from, to }) => to.startsWith("sidecars/") && folderOf(to) !== folderOf(from) && folderOf(to) !== "kit",
    );
    expect(shown(wrong)).toEqual([]);
  });

  test("only main/electron imports electron", () => {
    const wrong = imports.filter(({ from, to }) => to === "electron" && !from.startsWith("main/electron/") && !from.startsWith("preload/"));
    expect(shown(wrong)).toEqual([]);
  });

  test("every folder of main has its place in the layers", () => {
    const folders = new Set(inZone("main").map(({ from }) => folderOf(from)));
    expect([...folders].filter((folder) => layerOf(folder) === -1)).toEqual([]);
  });

  test("inside main imports go down, and siblings do not know each other", () => {
    expect(shown(inZone("main").filter((each) => each.to.startsWith("main/") && !goesDown(each)))).toEqual([]);
  });
});

function layerOf(folder: string): number {
  return layersOfMain.findIndex((layer) => layer.includes(folder));
}

function goesDown({ from, to, typeOnly }: Import): boolean {
  if (folderOf(from) === folderOf(to)) return true;
  return (typeOnly && seams.has(to)) || layerOf(folderOf(to)) > layerOf(folderOf(from));
}
