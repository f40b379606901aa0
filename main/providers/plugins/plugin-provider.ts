import { join } from "node:path";
import type { Json } from "#common/domain/canonical-json.ts";
import type { GuestValues } from "#common/manifest/guest-template.ts";
import { fillTemplate } from "#common/manifest/guest-template.ts";
import type { ProviderDeclaration } from "#common/manifest/provider-schema.ts";
import type { GuestCommand, GuestEntry } from "../../backends/backend.ts";
import { CA_BUNDLE, SUPERVISE_URL } from "../guest-env.ts";
import { routeOf } from "../plan-routes.ts";
import type { AgentImage, Provider, ProviderRequest, ProvisionPlan } from "../provider.ts";

/** A plugin as read from disk: what it declares, and the files of its folder that it puts into guests. */
export interface Plugin {
  readonly name: string;
  readonly folder: string;
  readonly declaration: ProviderDeclaration;
  readonly sources: ReadonlyMap<string, Uint8Array>;
}

/** A provider made of a declaration: texts are filled in, nothing of it is ever run on this machine (PRV-6). */
export function pluginProvider(plugin: Plugin): Provider {
  return { name: plugin.name, provision: (request) => provision(plugin, request) };
}

type Fill = (text: string) => string;

function provision(plugin: Plugin, request: ProviderRequest): ProvisionPlan {
  const { declaration } = plugin;
  const values = guestValues(request);
  const fill: Fill = (text) => fillTemplate(text, values);
  const guestPath = (path: string) => `${request.guestHome}/${path.slice("~/".length)}`;
  const commands = (declared: ProviderDeclaration["verify"]): GuestCommand[] =>
    (declared ?? []).map(({ command, failure }) => ({ argv: command.map(fill), failure }));
  return {
    provider: plugin.name,
    image: pluginImage(plugin),
    command: declaration.command.map(fill),
    bypassArgs: (declaration.bypass_args ?? []).map(fill),
    promptArgs: request.promptFile === null ? [] : (declaration.prompt?.args ?? []).map(fill),
    resumeArgs: (declaration.resume_args ?? []).map(fill),
    sessionFiles: null,
    takesMessage: false,
    env: Object.fromEntries(Object.entries(declaration.env ?? {}).map(([name, text]) => [name, fill(text)])),
    hiddenEnvNames: declaration.hidden_env ?? [],
    fixedEnvNames: [],
    entries: [...folders(declaration, guestPath), ...files(plugin, request, fill, guestPath)],
    skillsFolder: declaration.skills === undefined ? null : guestPath(declaration.skills),
    preCopy: commands(declaration.pre_copy),
    verify: commands(declaration.verify),
    routes: (declaration.routes ?? []).map((route) => routeOf(route, { kind: "provider", provider: plugin.name })),
    hostSecrets: [],
  };
}

function guestValues({ agent, guestHome, workdir, promptFile }: ProviderRequest): GuestValues {
  return {
    agent,
    ca_bundle: CA_BUNDLE,
    guest_home: guestHome,
    prompt_file: promptFile ?? "",
    supervise_url: SUPERVISE_URL,
    workdir,
  };
}

/** The image it runs in: a built-in one, or its own Dockerfile. */
export function pluginImage({ folder, declaration: { image } }: Plugin): AgentImage {
  if (image.dockerfile === undefined) return { kind: "built-in", name: image.built_in ?? "agent" };
  return { kind: "dockerfile", path: join(folder, image.dockerfile), args: image.args ?? {}, base: image.base ?? "agent" };
}

function folders({ folders = [] }: ProviderDeclaration, guestPath: Fill): GuestEntry[] {
  return folders.map(({ path, mode }) => ({ kind: "folder", path: guestPath(path), mode: octal(mode ?? "0700"), owner: "guest" }));
}

function files(plugin: Plugin, request: ProviderRequest, fill: Fill, guestPath: Fill): GuestEntry[] {
  const { files: declared = [], mcp, prompt } = plugin.declaration;
  const contents = declared.map((file) => ({ path: file.path, mode: octal(file.mode ?? "0600"), content: contentOf(plugin, file, fill) }));
  if (request.supervise && mcp !== undefined) {
    const known = contents.find(({ path }) => path === mcp.path);
    if (known === undefined) contents.push({ path: mcp.path, mode: 0o600, content: asJson(filled(mcp.json, fill)) });
    else {
      const before = declared.find(({ path }) => path === mcp.path)?.json as Json;
      known.content = asJson(merged(filled(before, fill), filled(mcp.json, fill)));
    }
  }
  if (request.promptFile !== null && prompt?.file !== undefined)
    contents.push({ path: prompt.file, mode: 0o600, content: `${request.prompt}\n` });
  return contents.map(({ path, mode, content }) => ({ kind: "file", path: guestPath(path), mode, owner: "guest", content }));
}

type DeclaredFile = NonNullable<ProviderDeclaration["files"]>[number];

function contentOf({ sources }: Plugin, { content, source, json }: DeclaredFile, fill: Fill): Uint8Array | string {
  if (content !== undefined) return fill(content);
  if (source !== undefined) return sources.get(source) ?? "";
  return asJson(filled(json as Json, fill));
}

function filled(value: Json, fill: Fill): Json {
  if (typeof value === "string") return fill(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((child) => filled(child, fill));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [fill(key), filled(child, fill)]));
}

/** Maps key by key; anything else the second replaces. */
function merged(below: Json, above: Json): Json {
  if (!isMap(below) || !isMap(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, mergedKey(below[key], above[key])]));
}

function mergedKey(below: Json | undefined, above: Json | undefined): Json {
  if (above === undefined) return below ?? null;
  return below === undefined ? above : merged(below, above);
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function asJson(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function octal(mode: string): number {
  return Number.parseInt(mode, 8);
}
