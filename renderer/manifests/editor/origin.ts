import type { EffectiveValue } from "#common/ipc/manifest-methods.ts";
import { samePath } from "../source/frontmatter-outline.ts";

/** Where an effective value stands in relation to the open file. */
export type Origin = "own" | "inherited" | "default" | "provider";

export function originOf(from: EffectiveValue["from"], file: string): Origin {
  if (from.kind !== "file") return from.kind;
  return from.file === file ? "own" : "inherited";
}

/** The name of the manifest in a path of it: `/home/ada/.bot-bottle/bottles/base.md` is `base`. */
export function manifestNameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1).replace(/\.md$/, "");
}

/** Of the origin in a few words: `here, line 4`, `from base, line 9`, `default`, `provider claude`. */
export function originWords(from: EffectiveValue["from"], file: string): string {
  switch (from.kind) {
    case "default":
      return "default";
    case "provider":
      return `provider ${from.provider}`;
    case "file":
      return `${from.file === file ? "here" : `from ${manifestNameOf(from.file)}`}, line ${from.line}`;
  }
}

const titles: Record<string, string> = {
  agent_provider: "Provider",
  env: "Environment",
  egress: "Egress",
  "git-gate": "Git",
  supervise: "Supervise",
  skills: "Skills",
  bottle: "Bottle",
  extends: "Inheritance",
};

export interface EffectiveGroup {
  readonly key: string;
  readonly title: string;
  readonly values: readonly EffectiveValue[];
}

/** The values under their top key, in the order they came. */
export function effectiveGroups(values: readonly EffectiveValue[]): EffectiveGroup[] {
  const keys = [...new Set(values.map(({ path }) => path[0] ?? ""))];
  return keys.map((key) => ({ key, title: titles[key] ?? key, values: values.filter(({ path }) => (path[0] ?? "") === key) }));
}

/** A path as it is read: `routes[0].host`; the group's own key only where nothing follows it. */
export function pathWords(path: readonly string[]): string {
  const shown = path.length > 1 ? path.slice(1) : path;
  return shown.reduce((text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`), "");
}

/** The value that a bottle would have at a path if this file said nothing of it, told in words; null where it is not known. */
export function unsetWords(values: readonly EffectiveValue[], path: readonly string[], file: string): string | null {
  const found = values.find((each) => samePath(each.path, path));
  if (!found || originOf(found.from, file) === "own") return null;
  return `${found.value} · ${originWords(found.from, file)}`;
}
