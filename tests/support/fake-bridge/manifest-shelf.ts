import type { Route } from "#common/domain/route.ts";
import type { EffectiveValue, ManifestFile, ManifestKind, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import type { AgentFrontmatter } from "#common/manifest/agent-schema.ts";
import type { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { effectiveValues } from "#common/manifest/effective-values.ts";
import { resolveBottles } from "#common/manifest/inherit.ts";
import type { ParsedManifest } from "#common/manifest/parse-manifest.ts";
import { parseAgentText, parseBottleText } from "#common/manifest/parse-manifest.ts";
import type { Checked, Problem } from "#common/manifest/problem.ts";
import { HOME, homeFiles, WORKSPACE, workspaceFiles } from "./sample-manifests.ts";

export interface FakeManifest {
  kind: ManifestKind;
  name: string;
  workspace: string | null;
  file: string;
  source: string;
}

export function digestOf(source: string): string {
  let hash = 5381;
  for (let index = 0; index < source.length; index += 1) hash = (Math.imul(hash, 33) ^ source.charCodeAt(index)) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** The manifest files of the fake main, with the product's own parser over them. */
export class ManifestShelf {
  #files: FakeManifest[];

  constructor(size: "empty" | "some" | "thousand") {
    const some = [...this.#sample(homeFiles, null), ...this.#sample(workspaceFiles, WORKSPACE)];
    const many = Array.from({ length: 1000 }, (_, at) => this.#made("agent", `worker-${at}`, `---\nbottle: dev\n---\nWorker ${at}.\n`));
    this.#files = size === "empty" ? [] : size === "some" ? some : [...some, ...many];
  }

  #sample(files: Record<string, string>, workspace: string | null): FakeManifest[] {
    return Object.entries(files).map(([path, source]) => {
      const [folder = "", base = ""] = path.split("/");
      const kind = folder === "bottles" ? "bottle" : "agent";
      return {
        ...this.#made(kind, base.replace(/\.md$/, ""), source),
        workspace,
        file: this.fileOf(kind, base.replace(/\.md$/, ""), workspace),
      };
    });
  }

  #made(kind: ManifestKind, name: string, source: string): FakeManifest {
    return { kind, name, workspace: null, file: this.fileOf(kind, name, null), source };
  }

  fileOf(kind: ManifestKind, name: string, workspace: string | null): string {
    return `${workspace === null ? HOME : `${workspace}/.bot-bottle`}/${kind}s/${name}.md`;
  }

  all(workspace: string | null): FakeManifest[] {
    return this.#files.filter((each) => each.workspace === null || each.workspace === workspace);
  }

  find(kind: ManifestKind, name: string, workspace: string | null): FakeManifest | undefined {
    return this.#files.find((each) => each.kind === kind && each.name === name && each.workspace === workspace);
  }

  put(kind: ManifestKind, name: string, source: string): FakeManifest {
    const made = this.#made(kind, name, source);
    this.#files = [...this.#files.filter((each) => !(each.kind === kind && each.name === name && each.workspace === null)), made];
    return made;
  }

  remove(kind: ManifestKind, name: string): void {
    this.#files = this.#files.filter((each) => each.kind !== kind || each.name !== name);
  }

  usersOf({ kind, name }: FakeManifest): ManifestFile["usedBy"] {
    if (kind === "agent") return { bottles: [], agents: [] };
    const naming = (wanted: ManifestKind) =>
      this.#files.filter((each) => each.kind === wanted && parentOf(each) === name).map((each) => each.name);
    return { bottles: naming("bottle"), agents: naming("agent") };
  }

  factsOf(manifest: FakeManifest) {
    const resolved = this.#resolved(manifest);
    const parsed = parse(manifest);
    const bottle = resolved?.ok ? resolved : null;
    const skills = parsed.ok && "skills" in parsed.value.frontmatter ? (parsed.value.frontmatter.skills ?? []) : [];
    return {
      summary: parsed.ok ? (parsed.value.body.split("\n")[0] ?? "") : "",
      parent: parentOf(manifest),
      provider: bottle ? bottle.bottle.agent_provider.template : null,
      routes: bottle ? (bottle.bottle.egress?.routes?.length ?? 0) : null,
      extends: bottle ? bottle.lineage.slice(1) : [],
      skills,
      problems: this.problemsOf(manifest),
    };
  }

  problemsOf(manifest: FakeManifest): PlacedProblem[] {
    const { file, kind } = manifest;
    const parsed = parse(manifest);
    const placed = (problem: Problem): PlacedProblem => ({ file, severity: "error", ...problem });
    if (!parsed.ok) return parsed.problems.map(placed);
    const resolved = this.#resolved(manifest);
    if (!resolved || resolved.ok) return [];
    const path = kind === "agent" ? ["bottle"] : ["extends"];
    return [
      placed(parsed.value.problem(path, kind === "agent" ? `names the bottle "${parentOf(manifest)}", which has errors` : resolved.reason)),
    ];
  }

  /** Of a bottle with `draft` in place of the file of its name. */
  effective(draft: FakeManifest): EffectiveValue[] {
    const resolved = this.#resolved(draft);
    if (!resolved?.ok) return [];
    const lineage = resolved.lineage.flatMap((name) => {
      const source = draft.kind === "bottle" && draft.name === name ? draft : this.find("bottle", name, null);
      const manifest = source ? parsedBottle(source.source) : null;
      return source && manifest?.ok ? [{ file: source.file, manifest: manifest.value }] : [];
    });
    const agent = draft.kind === "agent" ? parseAgentText(draft.source) : null;
    const { template, auth_token: token } = resolved.bottle.agent_provider;
    const providerRoutes = template === "claude" ? [claudeRoute(token)] : [];
    return effectiveValues({ lineage, agent: agent?.ok ? { file: draft.file, manifest: agent.value } : null, providerRoutes });
  }

  #resolved(draft: FakeManifest) {
    const bottles = this.#files
      .filter(({ kind }) => kind === "bottle")
      .filter(({ name }) => draft.kind !== "bottle" || name !== draft.name);
    const declared = new Map<string, BottleFrontmatter>();
    const broken = new Set<string>();
    for (const each of draft.kind === "bottle" ? [...bottles, draft] : bottles) {
      const parsed = parsedBottle(each.source);
      if (parsed.ok) declared.set(each.name, parsed.value.frontmatter);
      else broken.add(each.name);
    }
    const wanted = draft.kind === "bottle" ? draft.name : (parentOf(draft) ?? "");
    const all = resolveBottles(declared, broken);
    return all.get(wanted) ?? (draft.kind === "agent" ? ({ ok: false, reason: "" } as const) : undefined);
  }
}

function parse({ kind, source }: FakeManifest): Checked<ParsedManifest<BottleFrontmatter | AgentFrontmatter>> {
  return kind === "bottle" ? parsedBottle(source) : parseAgentText(source);
}

/** A thousand agents in one bottle ask for it a thousand times. */
const parsedBottles = new Map<string, ReturnType<typeof parseBottleText>>();

function parsedBottle(source: string): ReturnType<typeof parseBottleText> {
  const parsed = parsedBottles.get(source) ?? parseBottleText(source);
  parsedBottles.set(source, parsed);
  return parsed;
}

function parentOf({ kind, source }: FakeManifest): string | null {
  return new RegExp(`^${kind === "bottle" ? "extends" : "bottle"}: *(\\S+)`, "m").exec(source)?.[1] ?? null;
}

function claudeRoute(tokenRef: string | undefined): Route {
  return {
    host: "api.anthropic.com",
    methods: null,
    pathAllowlist: [],
    auth: tokenRef === undefined ? null : { scheme: "Bearer", tokenRef, inject: "replace" },
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: true, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "provider", provider: "claude" },
  };
}
