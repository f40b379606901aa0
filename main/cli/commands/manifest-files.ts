import { basename, dirname, resolve } from "node:path";
import { ManifestName } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { ManifestKind } from "#common/ipc/manifest-methods.ts";
import { editorSchema, providerSchema } from "#common/manifest/editor-schema.ts";
import { decodeManifest } from "#common/manifest/source-text.ts";
import type { ManifestRef } from "../../manifests/manifest-place.ts";
import { placeOf } from "../../manifests/manifest-place.ts";
import { placed } from "../../manifests/projections.ts";
import { readBytes } from "../../manifests/stored-manifest.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { formatProblem } from "../format-problem.ts";
import { inert } from "../inert.ts";

/** Checks one file, wherever it lies, as if it were in its place in the home or the workspace. */
export async function checkManifest(command: Command, path: string, options: { readonly kind?: string }): Promise<number> {
  const { home, manifestDesk } = await command.product();
  const file = resolve(command.cwd, path);
  const ref = refOf(file, home.root, options.kind);
  const bytes = await readBytes(file);
  if (bytes === null) throw new OperatorError("not-found", { message: `There is no file ${file}` });
  const text = decodeManifest(bytes);
  const found = text.ok
    ? (await manifestDesk.check(ref, text.value)).problems
    : text.problems.map((each) => placed("error")({ file, ...each }));
  const place = placeOf(home, ref).file;
  // What is said of the draft is said of the file that was given.
  const problems = found.map((problem) => (problem.file === place ? { ...problem, file } : problem));
  const valid = problems.every(({ severity }) => severity !== "error");
  command.output.result({ file, valid, problems }, () =>
    [...problems.map(formatProblem), ...(valid ? [`✓ ${inert(file)} is valid`] : [])].join("\n"),
  );
  return valid ? EXIT.ok : EXIT.manifestInvalid;
}

/** A file lies in a folder that says what it is, or the operator does. */
function refOf(file: string, homeRoot: string, kind: string | undefined): ManifestRef {
  const folder = dirname(file);
  const byFolder: Readonly<Record<string, ManifestKind>> = { bottles: "bottle", agents: "agent" };
  const name = basename(file).replace(/\.md$/, "");
  if (!file.endsWith(".md") || !ManifestName.safeParse(name).success) {
    throw badInput(`${file} is skipped: the name of a manifest must start with a-z, hold only a-z, 0-9 and -, and end in .md`);
  }
  const above = dirname(folder);
  const workspace = basename(above) === ".bot-bottle" && above !== homeRoot ? dirname(above) : null;
  return { kind: parseKind(kind ?? byFolder[basename(folder)]), name, workspace };
}

interface NewOptions {
  readonly template?: string;
}

/** A file to start from: valid as it is, with comments that say what to change. */
export async function newManifest(command: Command, kind: string, name: string, options: NewOptions): Promise<number> {
  const { manifestDesk } = await command.product();
  const wanted = parseKind(kind);
  if (!ManifestName.safeParse(name).success) throw badInput(`${name} is no name: it must start with a-z and hold only a-z, 0-9 and -`);
  const templates = (await manifestDesk.templates()).filter((each) => each.kind === wanted);
  const template = options.template === undefined ? templates[0] : templates.find(({ id }) => id === options.template);
  if (template === undefined) {
    const list = templates.map(({ id, description }) => `${id} (${description})`).join("; ");
    throw badInput(`there is no template ${options.template ?? ""} for a new ${wanted}; templates: ${list}`);
  }
  const { file } = await manifestDesk.save({ kind: wanted, name, workspace: null }, template.source, null);
  command.output.result({ file, template: template.id }, () => `${file}\n`);
  return EXIT.ok;
}

/** The JSON Schema for an editor that completes and checks frontmatters by itself (MAN-10). */
export async function printSchema(command: Command, kind: string): Promise<number> {
  const schema = kind === "provider" ? providerSchema() : editorSchema(parseKind(kind));
  command.output.result(schema, () => `${JSON.stringify(schema, null, 2)}\n`);
  return EXIT.ok;
}

function parseKind(kind: string | undefined): ManifestKind {
  const parsed = ManifestKind.safeParse(kind);
  if (parsed.success) return parsed.data;
  throw badInput(kind === undefined ? "say what the file is: --kind bottle or --kind agent" : `${kind} is neither bottle nor agent`);
}

function badInput(message: string): OperatorError {
  return new OperatorError("bad-input", { message });
}
