import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { StartRequest } from "#common/ipc/contract.ts";
import type { Backend, ImageSpec } from "../backends/backend.ts";
import { describeImage } from "../backends/image-spec.ts";
import type { Blueprint, Drafting } from "../bottles/blueprint.ts";
import { loadManifests } from "../manifests/load-manifests.ts";
import type { AgentManifest, BottleManifest, ManifestSet } from "../manifests/manifest-set.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Secret } from "../platform/secret.ts";
import type { BottleEnv } from "../providers/equip-guest.ts";
import { equipGuest } from "../providers/equip-guest.ts";
import type { AgentImages } from "../providers/images/agent-images.ts";
import type { Provision } from "../providers/plan-provision.ts";
import { planProvision } from "../providers/plan-provision.ts";
import { builtInProviders } from "../providers/provider-registry.ts";
import type { EnvPrompt } from "../secrets/resolve-env.ts";
import { missingHostVars, resolveEnv } from "../secrets/resolve-env.ts";
import { missingTokenRefs } from "../secrets/token-refs.ts";

export interface DraftingDeps {
  readonly home: HomePaths;
  readonly env: NodeJS.ProcessEnv;
  readonly userHome: string;
  readonly backend: Backend;
  readonly agentImages: () => Promise<AgentImages>;
  readonly bundleImage: () => Promise<ImageSpec>;
  /** Asks the operator for values that only they can give (ENV-1); null where nobody can be asked. */
  readonly ask: ((prompts: readonly EnvPrompt[]) => Promise<ReadonlyMap<string, Secret>>) | null;
}

/** Blueprints from the manifests on disk, read anew each time: saving a file is all it takes (MAN-9). */
export function createDrafting(deps: DraftingDeps): Drafting {
  // What was answered for the preflight serves the start that follows it.
  const answers = new Map<string, Secret>();
  return { draw: (request) => draw(deps, request, answers) };
}

async function draw(deps: DraftingDeps, request: StartRequest, answers: Map<string, Secret>): Promise<Blueprint> {
  if (request.workspace !== null) await requireFolder(request.workspace);
  const set = await loadManifests({ home: deps.home, workspace: request.workspace, providers: [...builtInProviders.keys()] });
  const agent = requireAgent(set, request.agent);
  const bottle = set.bottles.find(({ name }) => name === agent.bottle) as BottleManifest;
  const provision = planProvision({
    providers: builtInProviders,
    agent,
    bottle,
    workspace: request.workspace,
    guestHome: deps.backend.guest.home,
    baseFolder: deps.home.root,
    userHome: deps.userHome,
  });
  const { env, problems } = await resolveBottleEnv(deps, bottle, answers);
  const guest = equipGuest(provision, env, "fresh");
  return {
    agent: agent.name,
    bottle: bottle.name,
    provider: provision.plan.provider,
    agentImage: await imageSpec(deps, provision),
    bundleImage: await deps.bundleImage(),
    command: guest.command,
    env: guest.env,
    envNames: provision.envNames,
    workdir: provision.workspace.workdir,
    entries: guest.entries,
    routes: provision.routes,
    supervise: provision.supervise,
    skills: agent.skills,
    gitIdentity: provision.gitIdentity,
    repos: provision.repos,
    workspace: request.workspace === null ? null : { hostPath: request.workspace, guestPath: provision.workspace.guestPath, files: null },
    warnings: provision.warnings,
    problems: [
      ...problems,
      ...missingTokenRefs(provision.tokenRefs, deps.env).map(
        (ref) => `The credential ${ref} is not set: set it in the environment that bot-bottle is started from`,
      ),
    ],
  };
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return;
  const message = found === null ? `There is no folder ${path}` : `${path} is not a folder`;
  throw new OperatorError("bad-input", { message, hint: "Name the project folder to copy into the bottle" });
}

function requireAgent(set: ManifestSet, name: string): AgentManifest {
  const agent = set.agents.find((each) => each.name === name);
  if (agent !== undefined) return agent;
  const broken = set.errors.find(({ file }) => file.endsWith(`/${name}.md`));
  if (broken !== undefined) {
    throw new OperatorError("manifest-invalid", {
      message: `${broken.file}:${broken.line}: ${broken.message}`,
      hint: "Correct the file; it is read anew at every start",
    });
  }
  const names = set.agents.map((each) => each.name).join(", ");
  throw new OperatorError("not-found", {
    message: `There is no agent ${name}`,
    hint: names === "" ? "See `bot-bottle manifests`" : `Agents: ${names}`,
  });
}

interface Resolved {
  readonly env: BottleEnv;
  readonly problems: readonly string[];
}

const NO_ENV: BottleEnv = { literals: {}, sealed: new Map() };

/** Values of the bottle's own variables; what was answered once is not asked again. */
async function resolveBottleEnv(deps: DraftingDeps, bottle: BottleManifest, answers: Map<string, Secret>): Promise<Resolved> {
  const declared = bottle.settings.env ?? {};
  const unset = missingHostVars(declared, deps.env);
  if (unset.length > 0) {
    return { env: NO_ENV, problems: unset.map((name) => `The variable ${name}, which the bottle's env names, is not set`) };
  }
  const first = resolveEnv(declared, { hostEnv: deps.env, answers });
  if (first.kind === "resolved") return { env: first.env, problems: [] };
  if (deps.ask === null) return { env: NO_ENV, problems: first.prompts.map(cannotAsk) };
  for (const [name, value] of await deps.ask(first.prompts)) answers.set(name, value);
  const second = resolveEnv(declared, { hostEnv: deps.env, answers });
  if (second.kind === "resolved") return { env: second.env, problems: [] };
  throw new OperatorError("secret-missing", { message: `No value for ${second.prompts.map(({ name }) => name).join(", ")}` });
}

function cannotAsk({ name }: EnvPrompt): string {
  return `${name} must be entered: start this agent with \`bot-bottle start\` on a terminal`;
}

async function imageSpec(deps: DraftingDeps, { image }: Provision): Promise<ImageSpec> {
  if (image.kind === "built-in") return (await deps.agentImages())[image.name];
  return describeImage({ name: "bot-bottle-custom", build: { dockerfile: image.path, contextDir: dirname(image.path), args: {} } });
}
