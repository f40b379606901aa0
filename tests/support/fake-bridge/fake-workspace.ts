import type { MethodName, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import { sampleChanges } from "./sample-workspace.ts";

type WorkspaceMethod = Exclude<Extract<MethodName, `workspace.${string}`>, "workspace.choose">;
type Publish = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void;

/** The workspaces of the fake: one agent has changed things, one has changed thousands, one is never read to the end. */
export function fakeWorkspace(publish: Publish): FakeHandlers<WorkspaceMethod> {
  let changes: readonly WorkspaceChange[] = sampleChanges.changes;
  const reading = new Map<string, (refusal: Refusal) => void>();
  return {
    "workspace.changes": ({ slug }) => {
      if (slug === sampleChanges.slug) return { ...sampleChanges, changes: [...changes], total: changes.length };
      if (slug === "perf-hunt-z4y8u") return { ...sampleChanges, slug, changes: [], total: 0, notes: [] };
      setTimeout(() => publish("workspace", { slug, entries: 48_211, bytes: 731_000_000 }), 20);
      return new Promise((_resolve, reject) => reading.set(slug, reject));
    },
    "workspace.cancel": ({ slug }) => {
      reading.get(slug)?.(new Refusal("cancelled", `The comparison of ${slug}'s workspace was cancelled`, ""));
      return {};
    },
    "workspace.apply": ({ digest, paths, overwrite }) => {
      if (digest !== sampleChanges.digest) throw new Refusal("stale-revision", "It changed since you looked", "Compare again.");
      const held = changes.filter(({ path, conflict }) => conflict && paths.includes(path) && !overwrite.includes(path));
      const skipped = held.map(({ path }) => ({ path, reason: "it changed on this machine too since it was copied" }));
      const applied = paths.filter((path) => !skipped.some((each) => each.path === path));
      changes = changes.filter(({ path }) => !applied.includes(path));
      return { applied, skipped, backup: "/home/ada/.bot-bottle/state/api-refactor-k3v9q/brought-back/2026-11-22T10-42-11.204Z" };
    },
    "workspace.patch": () => ({
      patch: changes.map(({ path, patch }) => `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${patch}`).join(""),
    }),
  };
}
