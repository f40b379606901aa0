import { resolve } from "node:path";
import type { Budget } from "#common/domain/budget.ts";
import type { Route } from "#common/domain/route.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { GitUser } from "#common/manifest/git-gate-schema.ts";
import { parseSshUrl } from "#common/manifest/git-gate-schema.ts";
import { overlayUser } from "#common/manifest/inherit.ts";
import type { GuestEntry } from "../backends/backend.ts";
import { describeIdentity } from "./git-identity.ts";
import type { GateAddress } from "./git-rewrites.ts";
import { guestEnv, TERMINAL_ENV } from "./guest-env.ts";
import { guestGitEntries } from "./guest-git.ts";
import { planBudget } from "./plan-budget.ts";
import { planRoutes } from "./plan-routes.ts";
import type { AgentImage, HostLogin, ProvisionPlan } from "./provider.ts";
import type { ProviderRegistry } from "./provider-registry.ts";
import { requireProvider } from "./provider-registry.ts";
import { resumeCommand } from "./resume-command.ts";
import type { WorkspacePlan } from "./workspace-plan.ts";
import { planWorkspace } from "./workspace-plan.ts";

export interface ProvisionRequest {
  readonly providers: ProviderRegistry;
  readonly agent: {
    readonly name: string;
    readonly source: "home" | "workspace";
    readonly skills: readonly string[];
    readonly gitUser: GitUser | undefined;
    readonly prompt: string;
  };
  readonly bottle: { readonly name: string; readonly settings: EffectiveBottle };
  /** Host folder to copy in, or null. */
  readonly workspace: string | null;
  readonly guestHome: string;
  /** What a relative path of a Dockerfile starts from: the home. */
  readonly baseFolder: string;
  /** The operator's home folder, for paths that start with `~/`. */
  readonly userHome: string;
  /** The operator's own login of the provider's program, where the bottle forwards it. */
  readonly hostLogin: HostLogin | null;
  /** The operator's, by its IANA name. */
  readonly timeZone: string;
}

/** A bottle, planned: what starts in it, with which files and variables, and what it may reach. Holds no secret. */
export interface Provision {
  readonly plan: ProvisionPlan;
  readonly image: AgentImage;
  /** Main process of a fresh start. */
  readonly command: readonly string[];
  /** The same, going on with the last conversation; and after a move to an image that the agent asked for. */
  readonly resumeCommand: readonly string[];
  readonly replacedCommand: readonly string[];
  /** Variables that the bottle's own may replace, and those that they may not. */
  readonly defaultEnv: Readonly<Record<string, string>>;
  readonly fixedEnv: Readonly<Record<string, string>>;
  readonly entries: readonly GuestEntry[];
  readonly routes: readonly Route[];
  /** What its model calls may cost a day. */
  readonly budget: Budget | null;
  /** Variables for the summary: the bottle's and the provider's, without placeholders (BTL-1). */
  readonly envNames: readonly string[];
  /** Secrets the routes name, each once (PRV-7), but for those of the operator's own login. */
  readonly tokenRefs: readonly string[];
  readonly workspace: WorkspacePlan;
  readonly guestHome: string;
  readonly supervise: boolean;
  readonly gitIdentity: string | null;
  /** `name → host:port` of each declared repository. */
  readonly repos: readonly string[];
  readonly warnings: readonly string[];
}

/** The one place where manifests and provider become a plan; pure. */
export function planProvision(request: ProvisionRequest): Provision {
  const { agent, bottle, guestHome } = request;
  const { settings } = bottle;
  const workspace = planWorkspace(request.workspace, guestHome);
  const supervise = settings.supervise ?? false;
  const promptFile = agent.prompt === "" ? null : `${guestHome}/.bot-bottle/prompt.md`;
  const provider = requireProvider(request.providers, settings.agent_provider.template);
  const plan = provider.provision({
    agent: agent.name,
    settings: settings.agent_provider,
    guestHome,
    workdir: workspace.workdir,
    supervise,
    prompt: agent.prompt,
    promptFile,
    hostLogin: request.hostLogin,
  });
  const fixedEnv = { ...guestEnv(supervise), ...fixedOf(plan) };
  const { budget, warnings: budgetWarnings } = planBudget(settings, request.timeZone);
  const { routes, warnings } = planRoutes(bottle.name, plan.routes, settings.egress?.routes ?? []);
  const gitUser = overlayUser(settings["git-gate"]?.user, agent.gitUser);
  const repos = gateAddresses(settings);
  const command = [...plan.command, ...plan.bypassArgs, ...plan.promptArgs];
  return {
    plan,
    image: imageOf(plan, request),
    command,
    resumeCommand: resumeCommand(command, plan, "stop"),
    replacedCommand: resumeCommand(command, plan, "replacement"),
    defaultEnv: { ...TERMINAL_ENV, ...plan.env },
    fixedEnv,
    entries: [...plan.entries, ...promptEntries(promptFile, agent.prompt, guestHome), ...guestGitEntries(gitUser, repos, guestHome)],
    routes,
    envNames: visibleEnvNames(plan, settings),
    tokenRefs: tokenRefsOf(routes).filter((ref) => !plan.hostSecrets.includes(ref)),
    workspace,
    guestHome,
    supervise,
    gitIdentity: describeIdentity(gitUser),
    repos: repos.map(({ name, upstream }) => `${name} → ${upstream.host}:${upstream.port}`),
    budget,
    warnings: [...warnings, ...budgetWarnings, ...(request.hostLogin?.warnings ?? []), ...planWarnings(request, fixedEnv)],
  };
}

function tokenRefsOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.flatMap(({ auth }) => (auth === null ? [] : [auth.tokenRef])))];
}

function imageOf(plan: ProvisionPlan, { bottle, baseFolder, userHome }: ProvisionRequest): AgentImage {
  const { dockerfile } = bottle.settings.agent_provider;
  if (dockerfile === undefined) return plan.image;
  const path = dockerfile.startsWith("~/") ? resolve(userHome, dockerfile.slice(2)) : resolve(baseFolder, dockerfile);
  return { kind: "dockerfile", path, args: {}, base: "node" };
}

function promptEntries(path: string | null, prompt: string, guestHome: string): GuestEntry[] {
  if (path === null) return [];
  return [
    { kind: "folder", path: `${guestHome}/.bot-bottle`, mode: 0o700, owner: "guest" },
    { kind: "file", path, mode: 0o600, owner: "guest", content: `${prompt}\n` },
  ];
}

function fixedOf(plan: ProvisionPlan): Record<string, string> {
  const fixed = new Set([...plan.hiddenEnvNames, ...plan.fixedEnvNames]);
  return Object.fromEntries(Object.entries(plan.env).filter(([name]) => fixed.has(name)));
}

function visibleEnvNames(plan: ProvisionPlan, settings: EffectiveBottle): string[] {
  const hidden = new Set(plan.hiddenEnvNames);
  const names = new Set([...Object.keys(settings.env ?? {}), ...Object.keys(plan.env)]);
  return [...names].filter((name) => !hidden.has(name)).toSorted();
}

function gateAddresses(settings: EffectiveBottle): GateAddress[] {
  return Object.entries(settings["git-gate"]?.repos ?? {}).flatMap(([name, { url }]) => {
    const upstream = parseSshUrl(url);
    return upstream === null ? [] : [{ name, upstream }];
  });
}

/** What the operator declared and this version does not do, or does otherwise: said before the start, not found out after it. */
function planWarnings({ agent, bottle }: ProvisionRequest, fixedEnv: Readonly<Record<string, string>>): string[] {
  const { settings } = bottle;
  const overruled = Object.keys(settings.env ?? {}).filter((name) => Object.hasOwn(fixedEnv, name));
  const unserved: readonly (readonly [boolean, string])[] = [
    [agent.source === "workspace", `the agent ${agent.name} is defined by the workspace, not by your own manifests`],
    [
      agent.source === "workspace" && agent.skills.length > 0,
      `the agent ${agent.name} of the workspace gets copies of your own skills: ${agent.skills.join(", ")}`,
    ],
    [
      (settings.egress?.routes ?? []).some(({ pipelock }) => pipelock?.tls_passthrough),
      "pipelock.tls_passthrough has no effect yet: traffic is not scanned by pipelock",
    ],
    [overruled.length > 0, `env: bot-bottle sets ${overruled.join(", ")} itself; the bottle's value is not used`],
  ];
  return unserved.flatMap(([applies, warning]) => (applies ? [warning] : []));
}
