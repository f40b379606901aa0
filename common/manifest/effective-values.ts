import type { Route } from "../domain/route.ts";
import type { EffectiveValue } from "../ipc/manifest-methods.ts";
import type { AgentFrontmatter } from "./agent-schema.ts";
import type { BottleFrontmatter } from "./bottle-schema.ts";
import { DEFAULT_PROVIDER } from "./bottle-schema.ts";
import type { InheritedSetting } from "./inherited-settings.ts";
import { givenFields, inheritSettings, isBelow } from "./inherited-settings.ts";
import type { ParsedManifest } from "./parse-manifest.ts";
import type { Path } from "./yaml-mapping.ts";

/** A manifest that contributes to an effective bottle. */
export interface Contributor<T> {
  readonly file: string;
  readonly manifest: Pick<ParsedManifest<T>, "frontmatter" | "locate">;
}

export interface EffectiveSources {
  /** The bottle itself and its parents, nearest first. */
  readonly lineage: readonly Contributor<BottleFrontmatter>[];
  /** The agent whose identity overlays the bottle's (MAN-8); null for the bottle alone. */
  readonly agent: Contributor<AgentFrontmatter> | null;
  /** The routes that the effective provider brings along (PRV-7). */
  readonly providerRoutes: readonly Route[];
}

/** Every value that counts, with the place it comes from; what a provider's route takes the place of is not among them. */
export function effectiveValues({ lineage, agent, providerRoutes }: EffectiveSources): EffectiveValue[] {
  const values = [...agentValues(agent), ...bottleValues(lineage, agent, providerRoutes), ...defaults(lineage)];
  return values.sort((a, b) => rank(a) - rank(b));
}

const ORDER = ["bottle", "skills", "agent_provider", "git-gate", "env", "egress", "supervise"];

function rank({ path }: EffectiveValue): number {
  return ORDER.indexOf(path[0] ?? "");
}

function agentValues(agent: EffectiveSources["agent"]): EffectiveValue[] {
  if (agent === null) return [];
  const { bottle, skills, "git-gate": gitGate } = agent.manifest.frontmatter;
  const user = givenFields({ ...gitGate?.user });
  return [
    ...leaves(["bottle"], bottle, agent),
    ...(skills === undefined ? [] : leaves(["skills"], skills, agent)),
    ...Object.entries(user).flatMap(([field, value]) => leaves(["git-gate", "user", field], value, agent)),
  ];
}

function bottleValues(
  lineage: EffectiveSources["lineage"],
  agent: EffectiveSources["agent"],
  providerRoutes: readonly Route[],
): EffectiveValue[] {
  const overlaid = givenFields({ ...agent?.manifest.frontmatter["git-gate"]?.user });
  const settings = withoutFilledMaps(inheritSettings(lineage.map(({ manifest }) => manifest.frontmatter)));
  const values = settings.flatMap(({ path, value, from }) => {
    if (path[1] === "user" && Object.hasOwn(overlaid, path[2] ?? "")) return [];
    const owner = lineage[from] as Contributor<BottleFrontmatter>;
    return path[0] === "egress" ? egressValues(value as Egress, owner, providerRoutes) : leaves(path, value, owner);
  });
  return settings.some(({ path }) => path[0] === "egress") ? values : [...values, ...providerRoutes.flatMap(routeValues)];
}

/** That a map was declared says something only where it holds nothing: `repos: {}`. */
function withoutFilledMaps(settings: readonly InheritedSetting[]): InheritedSetting[] {
  return settings.filter(({ path }) => !settings.some((other) => isBelow(other.path, path)));
}

type Egress = NonNullable<BottleFrontmatter["egress"]>;

/** As they will be in the table: the provider's routes first, then the declared ones for other hosts. */
function egressValues(egress: Egress, owner: Contributor<BottleFrontmatter>, providerRoutes: readonly Route[]): EffectiveValue[] {
  const owned = new Set(providerRoutes.map(({ host }) => host));
  const { routes = [], ...rest } = egress;
  if (routes.length === 0) return [...providerRoutes.flatMap(routeValues), ...leaves(["egress"], egress, owner)];
  const declared = [...routes.entries()].filter(([, { host }]) => !owned.has(host));
  return [
    ...providerRoutes.flatMap(routeValues),
    ...declared.flatMap(([index, route], position) => {
      const shown = String(providerRoutes.length + position);
      return leaves(["egress", "routes", index], route, owner).map((value) => ({
        ...value,
        path: ["egress", "routes", shown, ...value.path.slice(3)],
      }));
    }),
    ...(isFilledMap(rest) ? leaves(["egress"], rest, owner) : []),
  ];
}

function routeValues(route: Route, index: number): EffectiveValue[] {
  const from = { kind: "provider", provider: route.origin.kind === "provider" ? route.origin.provider : "" } as const;
  const at = (path: readonly string[], value: string): EffectiveValue => ({
    path: ["egress", "routes", String(index), ...path],
    value,
    from,
  });
  return [
    at(["host"], route.host),
    ...(route.methods === null ? [] : [at(["methods"], route.methods.join(", "))]),
    ...(route.pathAllowlist.length === 0 ? [] : [at(["path_allowlist"], route.pathAllowlist.join(", "))]),
    ...(route.auth === null ? [] : [at(["auth", "scheme"], route.auth.scheme), at(["auth", "token_ref"], route.auth.tokenRef)]),
    ...(route.websocket ? [at(["websocket"], "true")] : []),
    ...(route.pipelock.tlsPassthrough ? [at(["pipelock", "tls_passthrough"], "true")] : []),
  ];
}

function defaults(lineage: EffectiveSources["lineage"]): EffectiveValue[] {
  const settings = inheritSettings(lineage.map(({ manifest }) => manifest.frontmatter));
  const provider = settings.find(({ path }) => path[0] === "agent_provider")?.value as BottleFrontmatter["agent_provider"];
  const standard = (path: string[], value: string): EffectiveValue => ({ path, value, from: { kind: "default" } });
  return [
    ...(provider?.template === undefined ? [standard(["agent_provider", "template"], DEFAULT_PROVIDER)] : []),
    ...(settings.some(({ path }) => path[0] === "supervise") ? [] : [standard(["supervise"], "false")]),
  ];
}

/** The single values below a path; lists of single values are one, and so is an empty map that says something (`repos: {}`). */
function leaves(path: Path, value: unknown, owner: Contributor<unknown>): EffectiveValue[] {
  if (Array.isArray(value) && value.some(isCollection)) return value.flatMap((item, index) => leaves([...path, index], item, owner));
  if (isFilledMap(value)) return Object.entries(value).flatMap(([key, child]) => leaves([...path, key], child, owner));
  const { line } = owner.manifest.locate(path);
  return [{ path: path.map(String), value: shownValue(value), from: { kind: "file", file: owner.file, line } }];
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ") || "none";
  return isCollection(value) ? "none" : String(value);
}

function isFilledMap(value: unknown): value is object {
  return isCollection(value) && !Array.isArray(value) && Object.keys(value).length > 0;
}

function isCollection(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
