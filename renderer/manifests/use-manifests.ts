import { useCall } from "../bridge/use-call.ts";

export function useManifests(workspace: string | null) {
  return useCall("manifests.list", { workspace }, { keepPrevious: true });
}

export function useManifestProblems(): number {
  return useManifests(null).data?.errors.length ?? 0;
}
