import { z } from "zod";
import { guestPathFault, pluginFileFault } from "./guest-path.ts";
import { guestTemplateFault } from "./guest-template.ts";
import { Auth, ManifestRoute, refuseRepeatedHosts } from "./route-schema.ts";

function checked(faultOf: (text: string) => string | null) {
  return z.string().superRefine((text, context) => {
    const fault = faultOf(text);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  });
}

const GuestPath = checked(guestPathFault);
const PluginFile = checked(pluginFileFault);
const Template = checked(guestTemplateFault);
const Argument = Template.refine((text) => !text.includes("\0"), "must not hold a NUL character");
const Command = z.array(Argument).min(1, "must name a program").max(100);
const Arguments = z.array(Argument).max(100);

const Mode = z.string().regex(/^0?[0-7]{3}$/, 'must be three octal digits in quotes, such as "0600"');
const EnvName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of an environment variable");
const ArgName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a build argument")
  .refine((name) => name !== "BASE" && name !== "NPM_REGISTRY", "is set by bot-bottle");

/** A built-in provider's image, or the plugin's own Dockerfile. */
const Image = z
  .strictObject({
    built_in: z.enum(["agent", "claude", "codex"]).optional(),
    dockerfile: PluginFile.optional(),
    args: z.record(ArgName, z.string().max(1000)).optional(),
    base: z.enum(["node", "agent"]).optional(),
  })
  .refine(({ built_in, dockerfile }) => (built_in === undefined) !== (dockerfile === undefined), "must hold either built_in or dockerfile")
  .refine(({ built_in, args, base }) => built_in === undefined || (args === undefined && base === undefined), {
    message: "holds args or base, which are for a dockerfile",
  });

/** Data whose texts, keys included, may stand for what is known once a bottle is planned. */
const JsonTemplate = z.json().superRefine((value, context) => {
  for (const text of textsOf(value)) {
    const fault = guestTemplateFault(text);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  }
});

function textsOf(value: z.core.util.JSONType): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Array.isArray(value) ? value.flatMap(textsOf) : Object.entries(value).flatMap(([key, child]) => [key, ...textsOf(child)]);
}

const JsonMapTemplate = JsonTemplate.refine(isJsonMap, "must be a map of keys");

/** Exactly one of the three says what is in the file. */
const GuestFile = z
  .strictObject({
    path: GuestPath,
    mode: Mode.optional(),
    content: Template.optional(),
    source: PluginFile.optional(),
    json: JsonTemplate.optional(),
  })
  .refine(({ content, source, json }) => [content, source, json].filter((each) => each !== undefined).length === 1, {
    message: "must hold exactly one of content, source and json",
  });

const GuestFolder = z.strictObject({ path: GuestPath, mode: Mode.optional() });

const GuestCommand = z.strictObject({ command: Command, failure: z.string().min(1, "must say what its failure means").max(500) });

/** How the agent's system prompt reaches the program. */
const Prompt = z
  .strictObject({ args: Arguments.optional(), file: GuestPath.optional() })
  .refine(({ args, file }) => (args === undefined) !== (file === undefined), "must hold either args, with {{prompt_file}}, or file");

const ProviderRoute = ManifestRoute.extend({
  auth: Auth.extend({ inject: z.enum(["always", "replace"]).optional() }).optional(),
});

/** `contrib/<name>/provider.yaml` (PRV-6): what PRV-1 asks of a provider, as data. */
export const ProviderDeclaration = z
  .strictObject({
    description: z.string().max(1000).optional(),
    image: Image,
    command: Command,
    bypass_args: Arguments.optional(),
    resume_args: Arguments.optional(),
    prompt: Prompt.optional(),
    env: z.record(EnvName, Template).optional(),
    hidden_env: z.array(EnvName).optional(),
    files: z.array(GuestFile).max(100).optional(),
    folders: z.array(GuestFolder).max(100).optional(),
    skills: GuestPath.optional(),
    mcp: z.strictObject({ path: GuestPath, json: JsonMapTemplate }).optional(),
    pre_copy: z.array(GuestCommand).max(20).optional(),
    verify: z.array(GuestCommand).max(20).optional(),
    routes: z.array(ProviderRoute).max(100).superRefine(refuseRepeatedHosts).optional(),
  })
  .superRefine((declaration, context) => {
    for (const [index, name] of (declaration.hidden_env ?? []).entries()) {
      if (declaration.env?.[name] === undefined)
        context.addIssue({ code: "custom", path: ["hidden_env", index], message: `names ${name}, which env does not set` });
    }
    refuseRepeatedPaths(declaration.files ?? [], context);
    const target = declaration.files?.find(({ path }) => path === declaration.mcp?.path);
    if (target !== undefined && !isJsonMap(target.json)) {
      context.addIssue({
        code: "custom",
        path: ["mcp", "path"],
        message: "names a file that is not written as json: a map cannot be added to it",
      });
    }
  });
export type ProviderDeclaration = z.output<typeof ProviderDeclaration>;

function isJsonMap(json: unknown): boolean {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function refuseRepeatedPaths(files: readonly { readonly path: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { path }] of files.entries()) {
    if (seen.has(path)) context.addIssue({ code: "custom", path: ["files", index, "path"], message: `names ${path} again` });
    seen.add(path);
  }
}
