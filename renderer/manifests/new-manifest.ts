import { ManifestName } from "#common/domain/names.ts";
import type { ManifestFile, ManifestKind, ManifestTemplate } from "#common/ipc/manifest-methods.ts";

/** Why a file of that name cannot be made, or null. */
export function nameFault(name: string, kind: ManifestKind, files: readonly ManifestFile[]): string | null {
  if (name === "") return "Give it a name.";
  if (!ManifestName.safeParse(name).success) return "A name starts with a-z and holds only a-z, 0-9 and -.";
  const taken = files.some((file) => file.kind === kind && file.workspace === null && file.name === name);
  return taken ? `There is ${kind === "agent" ? "an agent" : "a bottle"} ${name} already.` : null;
}

/** `dev-copy`, `dev-copy-2`, … */
export function freeName(base: string, kind: ManifestKind, files: readonly ManifestFile[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (nameFault(name, kind, files) === null) return name;
  }
}

/** Templates of one kind, in the order they came. */
export function templatesOf(templates: readonly ManifestTemplate[], kind: ManifestKind): ManifestTemplate[] {
  return templates.filter((template) => template.kind === kind);
}
