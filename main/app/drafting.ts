import { stat } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { StartRequest } from "#common/ipc/contract.ts";
import type { Backend, ImageSpec } from "../backends/backend.ts";
import type { Blueprint, Drafting } from "../bottles/blueprint.ts";
import type { GatePlan } from "../git/gate-plan.ts";
import { identityRefs, planGate } from "../git/gate-plan.ts";
import type { SshIdentities } from "../git/ssh-identities.ts";
import type { BottleManifest } from "../manifests/manifest-set.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Secret } from "../platform/secret.ts";
import { collectSkills } from "../providers/collect-skills.ts";
import type { BottleEnv } from "../providers/equip-guest.ts";
import { eachOnce, equipGuest } from "../providers/equip-guest.ts";
import type { HostLogins } from "../providers/host-logins.ts";
import type { AgentImages } from "../providers/images/agent-images.ts";
import { planProvision } from "../providers/plan-provision.ts";
import type { HostLogin } from "../providers/provider.ts";
import type { ProviderRegistry } from "../providers/provider-registry.ts";
import { requireProvider } from "../providers/provider-registry.ts";
import type { OperatorEnv } from "../secrets/operator-env.ts";
import { PromptAnswers } from "../secrets/prompt-answers.ts";
import type { EnvPrompt } from "../secrets/resolve-env.ts";
import { hostVarsOf, promptsOf, resolveEnv } from "../secrets/resolve-env.ts";
import type { SecretSource } from "../secrets/secret-source.ts";
import { lackingSecrets, tokenFaults } from "../secrets/token-refs.ts";
import { describeAgentImage } from "./agent-image.ts";
import type { Declared } from "./declared.ts";
import { requireAgent, requireBottle } from "./require-manifest.ts";

export interface DraftingDeps {
  readonly home: HomePaths;
  readonly env: OperatorEnv;
  readonly secrets: SecretSource;
  readonly identities: SshIdentities;
  readonly hostLogins: HostLogins;
  readonly userHome: string;
  readonly backend: Backend;
  /** Manifests and providers as they are on disk now. */
  readonly loadDeclared: (workspace: string | null) => Promise<Declared>;
  readonly agentImages: () => Promise<AgentImages>;
  readonly bundleImage: () => Promise<ImageSpec>;
  /**
   * Asks the operator for values that only they can give (ENV-1); `with-request` where a dialog shows the prompts and sends the
   * answers along; null where nobody can be asked.
   */
  readonly ask: ((prompts: readonly EnvPrompt[]) => Promise<ReadonlyMap<string, Secret>>) | "with-request" | null;
}

/** Blueprints from the manifests on disk, read anew each time: saving a file is all it takes (MAN-9). */
export function createDrafting(deps: DraftingDeps): Drafting {
  // What was answered for the preflight serves the start that follows it.
  const answers = new PromptAnswers();
  return { draw: (request) => draw(deps, request, answers) };
}

async function draw(deps: DraftingDeps, request: StartRequest, answers: PromptAnswers): Promise<Blueprint> {
  if (request.workspace !== null) await requireFolder(request.workspace);
  const copied = request.copyWorkspace ?? true;
  const { manifests, providers } = await deps.loadDeclared(request.workspace);
  const agent = requireAgent(manifests, request.agent);
  // The operator chooses; what a repository's agent says is only what is chosen where the operator does not.
  const bottle = requireBottle(manifests, request.bottle ?? agent.bottle);
  const hostLogin = await findHostLogin(deps.hostLogins, providers, bottle);
  const provision = planProvision({
    providers,
    agent,
    bottle,
    workspace: copied ? request.workspace : null,
    guestHome: deps.backend.guest.home,
    baseFolder: deps.home.root,
    userHome: deps.userHome,
    hostLogin: hostLogin.login,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const skills = await collectSkills({ names: agent.skills, places: skillPlaces(deps), target: provision.plan.skillsFolder });
  const gate = await planCheckedGate(deps.identities, bottle);
  const { env, prompts, problems } = await resolveBottleEnv(deps, bottle, request.answers ?? {}, answers);
  const guest = equipGuest(provision, env, "fresh");
  return {
    agent: agent.name,
    bottle: bottle.name,
    provider: provision.plan.provider,
    agentImage: await describeAgentImage(provision.image, deps),
    bundleImage: await deps.bundleImage(),
    command: guest.command,
    replacedCommand: guest.replacedCommand,
    env: guest.env,
    envNames: provision.envNames,
    workdir: provision.workspace.workdir,
    entries: eachOnce([...guest.entries, ...skills.entries]),
    preCopy: provision.plan.preCopy,
    verify: provision.plan.verify,
    routes: provision.routes,
    budget: provision.budget,
    supervise: provision.supervise,
    skills: agent.skills,
    gitIdentity: provision.gitIdentity,
    repos: provision.repos,
    gate,
    workspace: request.workspace === null ? null : { hostPath: request.workspace, guestPath: provision.workspace.guestPath, copied },
    prompts,
    lackingSecrets: await lackingSecrets([...provision.tokenRefs, ...identityRefs(gate.identities)], deps.secrets),
    warnings: [...provision.warnings, ...skills.warnings, ...gate.warnings],
    problems: [
      ...hostLogin.problems,
      ...skills.problems,
      ...problems,
      ...(await tokenFaults(provision.tokenRefs, deps.secrets)),
      ...gate.problems,
    ],
  };
}

/** The gate with what is to be said of its keys, which the plan does not look at. */
async function planCheckedGate(identities: SshIdentities, { settings }: BottleManifest): Promise<GatePlan> {
  const plan = planGate(settings);
  const keys = await identities.check(plan.identities);
  return { ...plan, warnings: [...plan.warnings, ...keys.warnings], problems: [...plan.problems, ...keys.problems] };
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return;
  const message = found === null ? `There is no folder ${path}` : `${path} is not a folder`;
  throw new OperatorError("bad-input", { message, hint: "Name the project folder to copy into the bottle" });
}

interface FoundLogin {
  readonly login: HostLogin | null;
  readonly problems: readonly string[];
}

/** The operator's own login, where the bottle forwards it; why it cannot be, where it cannot. */
async function findHostLogin(logins: HostLogins, providers: ProviderRegistry, { settings }: BottleManifest): Promise<FoundLogin> {
  const { template, forward_host_credentials: forward } = settings.agent_provider;
  const { hostLogin: reader } = requireProvider(providers, template);
  if (forward !== true || reader === undefined) return { login: null, problems: [] };
  const outcome = await logins.look(reader);
  return "login" in outcome ? { login: outcome.login, problems: [] } : { login: null, problems: [outcome.problem] };
}

/** The home's skills come before those the operator has for Claude Code. */
function skillPlaces({ home, userHome }: DraftingDeps): string[] {
  return [home.skills, join(userHome, ".claude", "skills")];
}

interface Resolved {
  readonly env: BottleEnv;
  readonly prompts: Blueprint["prompts"];
  readonly problems: readonly string[];
}

const NO_ENV: BottleEnv = { literals: {}, sealed: new Map() };

/** Values of the bottle's own variables; what was answered once is not asked again. */
async function resolveBottleEnv(
  deps: DraftingDeps,
  bottle: BottleManifest,
  given: Readonly<Record<string, string>>,
  answers: PromptAnswers,
): Promise<Resolved> {
  const declared = bottle.settings.env ?? {};
  const prompts = promptsOf(declared);
  answers.keepGiven(bottle.name, prompts, given);
  const hostVars = hostVarsOf(declared);
  const hostEnv = await deps.env.pick(hostVars);
  const unset = hostVars.filter((name) => hostEnv[name] === undefined).map((name) => unsetHostVar(name, deps.env));
  if (unset.length > 0) return { env: NO_ENV, prompts: asked(prompts, answers.of(bottle.name, prompts)), problems: unset };
  if (typeof deps.ask === "function") await askOpen(deps.ask, bottle.name, prompts, answers);
  const known = answers.of(bottle.name, prompts);
  const outcome = resolveEnv(declared, { hostEnv, answers: known });
  if (outcome.kind === "resolved") return { env: outcome.env, prompts: asked(prompts, known), problems: [] };
  return { env: NO_ENV, prompts: asked(prompts, known), problems: deps.ask === null ? outcome.prompts.map(cannotAsk) : [] };
}

async function askOpen(
  ask: Extract<DraftingDeps["ask"], (...args: never) => unknown>,
  bottle: string,
  prompts: readonly EnvPrompt[],
  answers: PromptAnswers,
): Promise<void> {
  const known = answers.of(bottle, prompts);
  const open = prompts.filter(({ name }) => !known.has(name));
  if (open.length === 0) return;
  const entered = await ask(open);
  for (const prompt of open) {
    const answer = entered.get(prompt.name);
    if (answer !== undefined) answers.keep(bottle, prompt, answer);
  }
}

function asked(prompts: readonly EnvPrompt[], known: ReadonlyMap<string, Secret>): Blueprint["prompts"] {
  return prompts.map(({ name, text }) => ({ name, text, answered: known.has(name) }));
}

function cannotAsk({ name }: EnvPrompt): string {
  return `${name} must be entered: start this agent with \`bot-bottle start\` on a terminal, or in the panel`;
}

function unsetHostVar(name: string, { loginShell }: OperatorEnv): string {
  const shell = loginShell?.state === "failed" ? ` (your login shell could not be asked: ${loginShell.detail})` : "";
  return `The variable ${name}, which the bottle's env names, is not set${shell}: export ${name}=… before bot-bottle starts`;
}
