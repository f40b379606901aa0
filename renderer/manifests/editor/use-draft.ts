import { useEffect, useState, useSyncExternalStore } from "react";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { call } from "../../bridge/bridge.ts";
import { useTopic } from "../../bridge/use-topic.ts";
import type { DraftState } from "./draft.ts";
import { ManifestDraft } from "./draft.ts";
import { keepDraft, keptDraft } from "./kept-drafts.ts";

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** The draft of one opened file, followed as it and the files around it change. */
export function useDraft(file: ManifestSource): { draft: ManifestDraft; state: DraftState } {
  const [draft] = useState(() => new ManifestDraft(file, { call, later }, keptDraft(localStorage, file)));
  const state = useSyncExternalStore(draft.subscribe, () => draft.state);
  const { source, saved, gone } = state;
  useEffect(() => {
    const { kind, name, workspace, digest } = saved;
    keepDraft(localStorage, { kind, name, workspace }, source === saved.source || gone ? null : { source, digest });
  }, [source, saved, gone]);
  useTopic("manifests", () => draft.filesChanged());
  useEffect(() => () => draft.close(), [draft]);
  return { draft, state };
}
