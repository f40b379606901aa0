import type { ManifestFile } from "#common/ipc/manifest-methods.ts";

export const shownKinds = ["all", "bottle", "agent", "problems"] as const;
export type ShownKind = (typeof shownKinds)[number];

function words(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function haystack({ name, file, summary, parent, provider, extends: parents, skills, problems }: ManifestFile): string {
  return [name, file, summary, parent ?? "", provider ?? "", ...parents, ...skills, ...problems.map(({ message }) => message)]
    .join("\n")
    .toLowerCase();
}

/** The files that hold every word somewhere, of the kind chosen. */
export function filterManifests(files: readonly ManifestFile[], text: string, shown: ShownKind): ManifestFile[] {
  const wanted = words(text);
  return files.filter((file) => {
    if (shown === "problems" ? file.problems.length === 0 : shown !== "all" && file.kind !== shown) return false;
    if (wanted.length === 0) return true;
    const hay = haystack(file);
    return wanted.every((word) => hay.includes(word));
  });
}

/** Bottles before agents, each by name: an order that stays as it is whatever becomes of a file. */
export function inListOrder(files: readonly ManifestFile[]): ManifestFile[] {
  const rank = { bottle: 0, agent: 1 };
  return files.toSorted((a, b) => rank[a.kind] - rank[b.kind] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** A file's identity; a name may stand for one in the home and one in the workspace. */
export function keyOf({ kind, name, workspace }: ManifestFile): string {
  return `${kind} ${name} ${workspace ?? ""}`;
}
