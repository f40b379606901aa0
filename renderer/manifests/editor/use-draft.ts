import { useEffect, useState, useSyncExternalStore } from "react";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { call } from "../../bridge/bridge.ts";
import { useTopic } from "../../bridge/use-topic.ts";
import type { DraftState } from "./draft.ts";
import { ManifestDraft } from "./draft.ts";

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** The draft of one opened file, followed as it and the files around it change. */
export function useDraft(file: ManifestSource): { draft: ManifestDraft; state: DraftState } {
  const [draft] = useState(() => new ManifestDraft(file, { call, later }));
  const state = useSyncExternalStore(draft.subscribe, () => draft.state);
  useTopic("manifests", () => draft.filesChanged());
  useEffect(() => () => draft.close(), [draft]);
  return { draft, state };
}
