import { useEffect, useState } from "react";
import type { MethodInput } from "#common/ipc/contract.ts";
import type { ManifestFiles, ManifestSource } from "#common/ipc/manifest-methods.ts";
import { asFailure, call } from "../bridge/bridge.ts";
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

/** A file as it is on disk when it is opened: what was read before may be old, and an edit must not start from it. */
export function useOpenedManifest({ kind, name, workspace }: MethodInput<"manifests.read">): {
  file: ManifestSource | null;
  error: Error | null;
} {
  const [opened, setOpened] = useState<{ file: ManifestSource | null; error: Error | null }>({ file: null, error: null });
  useEffect(() => {
    let shown = true;
    call("manifests.read", { kind, name, workspace }).then(
      (file) => shown && setOpened({ file, error: null }),
      (error: unknown) => shown && setOpened({ file: null, error: asFailure(error) }),
    );
    return () => {
      shown = false;
    };
  }, [kind, name, workspace]);
  return opened;
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
