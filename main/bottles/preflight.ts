import type { Preflight } from "#common/domain/bottle.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Route } from "#common/domain/route.ts";
import type { Backend, BackendStatus } from "../backends/backend.ts";
import type { Blueprint } from "./blueprint.ts";

/** What a start would do (BTL-1): the same summary for the panel and the command line. */
export async function preflightOf(
  blueprint: Blueprint,
  backend: Backend,
  status: BackendStatus,
  problems: readonly string[],
  signal: AbortSignal,
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
    prompts: [],
    skills: [...blueprint.skills],
    gitIdentity: blueprint.gitIdentity,
    repos: [...blueprint.repos],
    routes: blueprint.routes.map(describeRoute),
    supervise: blueprint.supervise,
    workspace: blueprint.workspace,
    warnings: [...blueprint.warnings],
    problems: [...engineProblems(status), ...blueprint.problems, ...problems],
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

/** Tells apart the failure that has nothing to do with this bottle. */
export function requireEngine(status: BackendStatus): void {
  if (status.available) return;
  throw new OperatorError("engine-unavailable", {
    message: status.problem ?? `${status.label} is not available`,
    hint: status.hint ?? "Start the container engine, then try again",
  });
}

function describeRoute(route: Route): string {
  return route.auth === null ? route.host : `${route.host} [auth:${route.auth.scheme}]`;
}

function engineProblems(status: BackendStatus): string[] {
  if (status.available) return [];
  return [[status.problem ?? `${status.label} is not available`, status.hint].filter((part) => part !== null).join(". ")];
}
