import { useState } from "react";
import type { Preflight } from "#common/domain/bottle.ts";
import type { ManifestsView, MethodInput } from "#common/ipc/contract.ts";
import { bottleView, go } from "../app/location.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { useSecretCall } from "../bridge/use-secret-call.ts";
import { useManifests } from "../manifests/use-manifests.ts";
import { setPreference, usePreferences } from "../settings/preferences.ts";
import type { Prompts } from "./use-prompts.ts";
import { usePrompts } from "./use-prompts.ts";

export type AgentChoice = ManifestsView["agents"][number];

export interface StartForm {
  agents: readonly AgentChoice[];
  agent: AgentChoice | null;
  setAgent: (agent: AgentChoice | null) => void;
  /** Names of the bottles there are. */
  bottles: readonly string[];
  /** Another bottle than the agent's own, or null. */
  bottle: string | null;
  setBottle: (bottle: string | null) => void;
  workspace: string;
  setWorkspace: (workspace: string) => void;
  choose: () => void;
  copyWorkspace: boolean;
  setCopyWorkspace: (copy: boolean) => void;
  prompts: Prompts;
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
  /** Prompts nobody has answered. */
  open: readonly string[];
}): string | null {
  if (!parts.known) return "Reading the manifests…";
  if (parts.agents.length === 0) return "No agent is defined. Add one under agents/ in bot-bottle's home.";
  if (!parts.agent) return "Choose an agent.";
  if (parts.failed) return "The check failed.";
  if (parts.checking || !parts.preflight) return "Checking…";
  return parts.preflight.problems[0] ?? (parts.open.length > 0 ? `Enter ${parts.open.join(", ")}.` : null);
}

/** Only what differs from the default: what a start does by itself needs no saying. */
function requestOf(agent: string, folder: string | null, bottle: string | null, copyWorkspace: boolean): MethodInput<"bottles.preflight"> {
  return {
    agent,
    workspace: folder,
    ...(bottle === null ? {} : { bottle }),
    ...(folder === null || copyWorkspace ? {} : { copyWorkspace: false }),
  };
}

/** What the start dialog collects, checked as it changes (BTL-1). */
export function useStart(initialAgent: string | null, onStarted: () => void): StartForm {
  const { lastAgent } = usePreferences();
  const [chosen, setChosen] = useState<string | null | undefined>(initialAgent ?? undefined);
  const [bottle, setBottle] = useState<string | null>(null);
  const [workspace, setWorkspace] = useState("");
  const [copyWorkspace, setCopyWorkspace] = useState(true);
  const folder = workspace.trim() === "" ? null : workspace.trim();
  const manifests = useManifests(folder);
  const agents = manifests.data?.agents ?? none;
  const named = (name: string | null | undefined) => agents.find((each) => each.name === name);
  const agent = (chosen === undefined ? (named(lastAgent) ?? named("demo") ?? agents[0]) : named(chosen)) ?? null;
  const request = requestOf(agent?.name ?? "none", folder, bottle, copyWorkspace);
  const check = useCall("bottles.preflight", request, { enabled: agent !== null, keepPrevious: true });
  const chooser = useAction("workspace.choose");
  // Answers travel with it, so it is no action that remembers what it was called with.
  const starter = useSecretCall("bottles.start");
  const preflight = agent && check.data?.agent === agent.name ? check.data : undefined;
  const prompts = usePrompts(preflight);
  const checking = agent !== null && (check.isFetching || check.isPlaceholderData) && !check.error;
  const known = manifests.data !== undefined;
  const obstacle = obstacleTo({ agents, known, agent, preflight, checking, failed: check.error !== null, open: prompts.open });

  const start = () => {
    if (!agent || obstacle || starter.pending) return;
    const answers = prompts.take();
    starter.run(Object.keys(answers).length === 0 ? request : { ...request, answers }, ({ slug }) => {
      setPreference("lastAgent", agent.name);
      onStarted();
      go(bottleView(slug));
    });
  };

  return {
    agents,
    agent,
    setAgent: (next) => {
      setChosen(next?.name ?? null);
      setBottle(null);
    },
    bottles: manifests.data?.bottles.map(({ name }) => name) ?? [],
    bottle,
    setBottle,
    workspace,
    setWorkspace,
    choose: () => chooser.mutate({}, { onSuccess: (path) => path && setWorkspace(path) }),
    copyWorkspace,
    setCopyWorkspace,
    prompts,
    preflight,
    checking,
    obstacle,
    start,
    starting: starter.pending,
    error: starter.error ?? check.error ?? chooser.error ?? manifests.error,
  };
}
