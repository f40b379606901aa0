import type Docker from "dockerode";
import type { ObservedBottle } from "../backend.ts";
import { CREATED_LABEL, objectNames, ROLE_LABEL, RUNTIME_LABEL, SLUG_LABEL } from "./names.ts";

/** A start that did not get further in this time was interrupted. */
const START_PATIENCE_MS = 10 * 60_000;

/** Bottles as the engine's labels tell of them, in one question (D12). */
export async function listBottles(engine: Docker, now: number): Promise<readonly ObservedBottle[]> {
  const containers = await engine.listContainers({ all: true, filters: JSON.stringify({ label: [SLUG_LABEL] }) });
  const bySlug = Map.groupBy(containers, ({ Labels }) => Labels[SLUG_LABEL] ?? "");
  return [...bySlug].filter(([slug]) => slug !== "").map(([slug, own]) => observe(slug, own, now));
}

function observe(slug: string, containers: readonly Docker.ContainerInfo[], now: number): ObservedBottle {
  const agent = agentOf(slug, containers);
  const bundle = containers.find(({ Labels }) => Labels[ROLE_LABEL] === "bundle");
  const either = agent ?? bundle;
  return {
    slug,
    ...stateOf(agent, bundle, now),
    startedAt: either?.Labels[CREATED_LABEL] ?? null,
    runtime: agent?.Labels[RUNTIME_LABEL] ?? null,
    labels: either?.Labels ?? {},
  };
}

/** While it is replaced there are two; the one that has the bottle's name counts, and between two names the one that was. */
function agentOf(slug: string, containers: readonly Docker.ContainerInfo[]): Docker.ContainerInfo | undefined {
  const agents = containers.filter(({ Labels }) => Labels[ROLE_LABEL] === "agent");
  const { agent, previousAgent } = objectNames(slug);
  const named = (name: string) => agents.find(({ Names }) => Names.includes(`/${name}`));
  return named(agent) ?? named(previousAgent) ?? agents[0];
}

type Part = Docker.ContainerInfo | undefined;

function stateOf(agent: Part, bundle: Part, now: number): Pick<ObservedBottle, "state" | "exitCode" | "problem"> {
  if (agent === undefined || agent.State === "created") return unstarted(agent ?? bundle, now);
  if (agent.State === "running" || agent.State === "paused") {
    const alive = bundle !== undefined && (bundle.State === "running" || bundle.State === "restarting" || bundle.State === "created");
    const problem = alive ? null : "its sidecars are not running, so nothing it asks for can leave; stop it and start another";
    return { state: "running", exitCode: null, problem };
  }
  if (agent.State === "exited") {
    const exitCode = exitCodeOf(agent.Status);
    return { state: "exited", exitCode, problem: explainExit(exitCode) };
  }
  return { state: "error", exitCode: null, problem: `the engine reports its container as ${agent.State}; stop it` };
}

function unstarted(part: Part, now: number): Pick<ObservedBottle, "state" | "exitCode" | "problem"> {
  const created = (part?.Created ?? 0) * 1000;
  if (now - created < START_PATIENCE_MS) return { state: "starting", exitCode: null, problem: null };
  return { state: "error", exitCode: null, problem: "its start was interrupted; stop it to remove what is left" };
}

/** From "Exited (3) 5 minutes ago": asking for each container would cost a call each. */
function exitCodeOf(status: string): number | null {
  const match = /^Exited \((\d+)\)/.exec(status);
  return match === null ? null : Number(match[1]);
}

function explainExit(code: number | null): string | null {
  if (code === 137) return "the agent was killed, perhaps for using all the memory it may have";
  if (code === 126 || code === 127) return "the agent's command could not be run in its image";
  return null;
}
