import type { ManifestFiles } from "#common/ipc/manifest-methods.ts";
import { useCall } from "../bridge/use-call.ts";
import type { KnownNames } from "./source/suggestions.ts";

export function useManifests(workspace: string | null) {
  return useCall("manifests.list", { workspace }, { keepPrevious: true });
}

export function useManifestProblems(): number {
  return useManifests(null).data?.errors.length ?? 0;
}

const noFiles: ManifestFiles = { files: [], elsewhere: [] };

/** Every manifest file, with what is wrong with it and who needs it. */
export function useManifestFiles(workspace: string | null) {
  const { data, error } = useCall("manifests.files", { workspace }, { keepPrevious: true });
  return { ...(data ?? noFiles), known: data !== undefined, error };
}

const none: readonly string[] = [];

/** The names that a manifest can mention now. */
export function useKnownNames(): KnownNames {
  const { files } = useManifestFiles(null);
  const choices = useCall("manifests.choices", {}).data;
  const secrets = useCall("secrets.list", {}).data;
  return {
    bottles: files.filter(({ kind }) => kind === "bottle").map(({ name }) => name),
    providers: choices?.providers ?? none,
    skills: choices?.skills ?? none,
    tokenRefs: secrets?.rows.map(({ name }) => name) ?? none,
  };
}
