import { useState } from "react";
import type { Preflight } from "#common/domain/bottle.ts";
import type { ManifestsView } from "#common/ipc/contract.ts";
import { bottleView, go } from "../app/location.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { useManifests } from "../manifests/use-manifests.ts";
import { setPreference, usePreferences } from "../settings/preferences.ts";

export type AgentChoice = ManifestsView["agents"][number];

export interface StartForm {
  agents: readonly AgentChoice[];
  agent: AgentChoice | null;
  setAgent: (agent: AgentChoice | null) => void;
  workspace: string;
  setWorkspace: (workspace: string) => void;
  choose: () => void;
  preflight: Preflight | undefined;
  checking: boolean;
  /** Why Start does nothing now; null when it would start. */
  obstacle: string | null;
  start: () => void;
  starting: boolean;
  error: Error | null;
}

const none: readonly AgentChoice[] = [];

function obstacleTo(parts: {
  agents: readonly AgentChoice[];
  known: boolean;
  agent: AgentChoice | null;
  preflight: Preflight | undefined;
  checking: boolean;
  failed: boolean;
}): string | null {
  if (!parts.known) return "Reading the manifests…";
  if (parts.agents.length === 0) return "No agent is defined. Add one under agents/ in bot-bottle's home.";
  if (!parts.agent) return "Choose an agent.";
  if (parts.failed) return "The check failed.";
  if (parts.checking || !parts.preflight) return "Checking…";
  return parts.preflight.problems[0] ?? null;
}

/** What the start dialog collects, checked as it changes (BTL-1). */
export function useStart(initialAgent: string | null, onStarted: () => void): StartForm {
  const { lastAgent } = usePreferences();
  const [chosen, setChosen] = useState<string | null | undefined>(initialAgent ?? undefined);
  const [workspace, setWorkspace] = useState("");
  const folder = workspace.trim() === "" ? null : workspace.trim();
  const manifests = useManifests(folder);
  const agents = manifests.data?.agents ?? none;
  const named = (name: string | null | undefined) => agents.find((each) => each.name === name);
  const agent = (chosen === undefined ? (named(lastAgent) ?? named("demo") ?? agents[0]) : named(chosen)) ?? null;
  const check = useCall(
    "bottles.preflight",
    { agent: agent?.name ?? "none", workspace: folder },
    { enabled: agent !== null, keepPrevious: true },
  );
  const chooser = useAction("workspace.choose");
  const starter = useAction("bottles.start");
  const preflight = agent && check.data?.agent === agent.name ? check.data : undefined;
  const checking = agent !== null && (check.isFetching || check.isPlaceholderData) && !check.error;
  const obstacle = obstacleTo({ agents, known: manifests.data !== undefined, agent, preflight, checking, failed: check.error !== null });

  const start = () => {
    if (!agent || obstacle || starter.isPending) return;
    starter.mutate(
      { agent: agent.name, workspace: folder },
      {
        onSuccess: ({ slug }) => {
          setPreference("lastAgent", agent.name);
          onStarted();
          go(bottleView(slug));
        },
      },
    );
  };

  return {
    agents,
    agent,
    setAgent: (next) => setChosen(next?.name ?? null),
    workspace,
    setWorkspace,
    choose: () => chooser.mutate({}, { onSuccess: (path) => path && setWorkspace(path) }),
    preflight,
    checking,
    obstacle,
    start,
    starting: starter.isPending,
    error: starter.error ?? check.error ?? chooser.error ?? manifests.error,
  };
}
