import type { Preflight } from "#common/domain/bottle.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route } from "#common/domain/route.ts";
import type { Backend, BackendStatus } from "../backends/backend.ts";
import { describeLacking } from "../secrets/token-refs.ts";
import type { WorkspaceSurvey } from "../workspace/survey.ts";
import type { Blueprint } from "./blueprint.ts";

/** What a start would do (BTL-1): the same summary for the panel and the command line. */
export async function preflightOf(
  blueprint: Blueprint,
  backend: Backend,
  status: BackendStatus,
  problems: readonly string[],
  signal: AbortSignal,
  survey: WorkspaceSurvey | null = null,
): Promise<Preflight> {
  return {
    agent: blueprint.agent,
    bottle: blueprint.bottle,
    provider: blueprint.provider,
    backend: backend.name,
    runtime: status.runtime,
    image: blueprint.agentImage.ref,
    imagePresent:
      status.available && (await backend.hasImage(blueprint.agentImage, signal)) && (await backend.hasImage(blueprint.bundleImage, signal)),
    envNames: [...blueprint.envNames],
    prompts: [...blueprint.prompts],
    skills: [...blueprint.skills],
    gitIdentity: blueprint.gitIdentity,
    repos: [...blueprint.repos],
    routes: blueprint.routes.map(describeRoute),
    supervise: blueprint.supervise,
    workspace: describeWorkspace(blueprint, survey),
    warnings: [...blueprint.warnings, ...(survey?.warnings ?? []), ...notCopied(blueprint)],
    lackingSecrets: blueprint.lackingSecrets.map((each) => ({ ...each, problem: describeLacking(each) })),
    problems: [
      ...engineProblems(status),
      ...blueprint.problems,
      ...(survey?.problems ?? []),
      ...blueprint.lackingSecrets.map(describeLacking),
      ...problems,
    ],
  };
}

/** Refuses to start what the preflight says cannot start. */
export function requireStartable(preflight: Preflight): void {
  const [first, ...others] = preflight.problems;
  if (first === undefined) return;
  throw new OperatorError("start-failed", {
    message: others.length === 0 ? first : `${first} (and ${others.length} more)`,
    hint: others.length === 0 ? "Run `bot-bottle doctor` to see what is missing" : `Also: ${others.join("; ")}`,
  });
}

/** A variable that was asked for and not given must not start as an empty one. */
export function requireAnswers({ prompts }: Preflight): void {
  const open = prompts.filter(({ answered }) => !answered).map(({ name }) => name);
  if (open.length === 0) return;
  throw new OperatorError("secret-missing", {
    message: `No value was entered for ${open.join(", ")}`,
    hint: "Enter it in the start dialog, or start on a terminal with `bot-bottle start`",
  });
}

/** Tells apart the failure that has nothing to do with this bottle. */
export function requireEngine(status: BackendStatus): void {
  if (status.available) return;
  throw new OperatorError("engine-unavailable", {
    message: status.problem ?? `${status.label} is not available`,
    hint: status.hint ?? "Start the container engine, then try again",
  });
}

function describeWorkspace({ workspace }: Blueprint, survey: WorkspaceSurvey | null): Preflight["workspace"] {
  if (workspace === null || !workspace.copied) return null;
  return { hostPath: workspace.hostPath, guestPath: workspace.guestPath, files: survey?.files ?? null };
}

function notCopied({ workspace }: Blueprint): string[] {
  if (workspace === null || workspace.copied) return [];
  return [`${workspace.hostPath} is not copied into the bottle: only the agents it defines count, and the agent starts in its home`];
}

function describeRoute(route: Route): string {
  return route.auth === null ? route.host : `${route.host} [auth:${route.auth.scheme}]`;
}

function engineProblems(status: BackendStatus): string[] {
  if (status.available) return [];
  return [[status.problem ?? `${status.label} is not available`, status.hint].filter((part) => part !== null).join(". ")];
}
