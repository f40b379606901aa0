import type { Document } from "yaml";
import { parseExactly } from "../exact-yaml.ts";
import { splitFrontmatter } from "../frontmatter.ts";
import type { Checked } from "../problem.ts";
import { failed, passed, problemAt, START_OF_FILE } from "../problem.ts";
import { parseYamlMapping } from "../yaml-mapping.ts";
import type { Change, Edit, Json, JsonMap } from "./expand-change.ts";
import { expandChange, isEqual, NoSuchItem } from "./expand-change.ts";
import { spliceYaml } from "./splice-yaml.ts";

const FIRST_YAML_LINE = 2;

/** Every step reads the text anew; a form makes one or two, and more characters than this in all would take many seconds. */
const MAX_CHARACTERS_READ = 4 * 1024 * 1024;

/** A manifest's frontmatter as data; null where it cannot be read. The text may be a draft in any state. */
export function readManifestData(source: string): { readonly frontmatter: JsonMap | null; readonly body: string } {
  const parts = splitFrontmatter(source.replace(/\r\n?/g, "\n"));
  if (!parts.ok) return { frontmatter: null, body: source };
  const mapping = parseYamlMapping(parts.value.yaml, FIRST_YAML_LINE);
  return { frontmatter: mapping.ok ? (mapping.value.value as JsonMap) : null, body: parts.value.body };
}

/**
 * The text with values set or removed and, where `body` is one, another body. Lines that do not change stay as they are. Fails
 * where the frontmatter has to be put right by hand first.
 */
export function editManifest(source: string, changes: readonly Change[], body: string | null): Checked<string> {
  const lineEnd = source.includes("\r\n") ? "\r\n" : "\n";
  const text = source.trim() === "" ? "---\n---\n" : source.replace(/\r\n?/g, "\n");
  const parts = splitFrontmatter(text);
  if (!parts.ok) return parts;
  const yaml = editYaml(parts.value.yaml, changes);
  if (!yaml.ok) return yaml;
  const { yamlStart, bodyStart } = parts.value;
  const closing = text.slice(parts.value.yaml === "" ? yamlStart : yamlStart + parts.value.yaml.length + 1, bodyStart);
  const head = `${text.slice(0, yamlStart)}${yaml.value === "" ? "" : `${yaml.value}\n`}${closing.endsWith("\n") ? closing : `${closing}\n`}`;
  const tail = body === null || body.trim() === parts.value.body ? text.slice(bodyStart) : bodyText(body);
  return passed((head + tail).replaceAll("\n", lineEnd));
}

function bodyText(body: string): string {
  const trimmed = body.replace(/\r\n?/g, "\n").trim();
  return trimmed === "" ? "" : `\n${trimmed}\n`;
}

function editYaml(before: string, changes: readonly Change[]): Checked<string> {
  let yaml = before;
  let left = MAX_CHARACTERS_READ;
  for (const change of changes) {
    const model = readModel(yaml);
    if (!model.ok) return model;
    const edits = stepsOf(model.value.data, change);
    if (!edits.ok) return edits;
    left -= edits.value.length * yaml.length;
    if (left < 0) return failed(problemAt(START_OF_FILE, "this changes too much at once; change less, or edit the text itself"));
    for (const edit of edits.value) {
      const next = applyEdit(yaml, edit);
      if (!next.ok) return next;
      yaml = next.value;
    }
  }
  return passed(yaml);
}

function stepsOf(model: JsonMap, change: Change): Checked<readonly Edit[]> {
  try {
    return passed(expandChange(model, change));
  } catch (error) {
    if (!(error instanceof NoSuchItem)) throw error;
    return failed(problemAt(START_OF_FILE, `${change.path.join(".")} leads into a list behind its end`));
  }
}

interface Model {
  readonly document: Document.Parsed;
  readonly data: JsonMap;
}

function readModel(yaml: string): Checked<Model> {
  const exact = parseExactly(yaml, FIRST_YAML_LINE);
  if (!exact.ok) return exact;
  const { document } = exact.value;
  return passed({ document, data: (document.toJS() ?? {}) as JsonMap });
}

/** Made in the text where it stands; where that is not what was meant, by writing the whole frontmatter anew. */
function applyEdit(yaml: string, edit: Edit): Checked<string> {
  const model = readModel(yaml);
  if (!model.ok) return model;
  const wanted = applied(model.value.data, edit);
  const spliced = spliceYaml(yaml, model.value.document, edit);
  if (spliced !== null && says(spliced, wanted)) return passed(spliced);
  const rewritten = rewrite(model.value.document, edit);
  if (says(rewritten, wanted)) return passed(rewritten);
  return failed(problemAt(START_OF_FILE, "this change cannot be made here; edit the text itself"));
}

function says(yaml: string, wanted: JsonMap): boolean {
  const model = readModel(yaml);
  return model.ok && isEqual(model.value.data, wanted);
}

function applied(data: JsonMap, edit: Edit): JsonMap {
  const copy = JSON.parse(JSON.stringify(data)) as Record<string, Json>;
  const path = edit.kind === "insert" ? edit.list : edit.path.slice(0, -1);
  const parent = path.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy) as Record<string, Json> & Json[];
  if (edit.kind === "insert") parent.splice(edit.index, 0, edit.value);
  else {
    const key = edit.path.at(-1) as string & number;
    if (edit.kind === "set") parent[key] = edit.value;
    else if (Array.isArray(parent)) parent.splice(key, 1);
    else delete parent[key];
  }
  return copy;
}

function rewrite(document: Document.Parsed, edit: Edit): string {
  if (edit.kind === "remove") document.deleteIn(edit.path);
  else if (edit.kind === "set") document.setIn(edit.path, document.createNode(edit.value));
  else {
    const list = document.getIn(edit.list) as { items: unknown[] };
    list.items.splice(edit.index, 0, document.createNode(edit.value));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).replace(/\n$/, "");
}
