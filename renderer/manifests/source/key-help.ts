import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { autocompletion, snippetCompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView, Tooltip } from "@codemirror/view";
import { hoverTooltip } from "@codemirror/view";
import { cursorSpot } from "./cursor-spot.ts";
import { outlineOf } from "./frontmatter-outline.ts";
import type { JsonSchema } from "./json-schema.ts";
import { kindWord, schemaAt } from "./json-schema.ts";
import type { KnownNames, Suggestion } from "./suggestions.ts";
import { CURSOR, suggestionsAt } from "./suggestions.ts";

/** What is known about manifests now; asked anew at each use. */
export interface KeyKnowledge {
  readonly schema: JsonSchema | null;
  readonly names: KnownNames;
}

function completionOf({ label, kind, detail, info, template }: Suggestion): Completion {
  const shown: Completion = { label, type: kind === "key" ? "property" : "constant", detail, ...(info ? { info } : {}) };
  return template.includes(CURSOR) ? snippetCompletion(template, shown) : { ...shown, apply: template };
}

function completions(context: CompletionContext, { schema, names }: KeyKnowledge): CompletionResult | null {
  const source = context.state.doc.toString();
  const spot = schema ? cursorSpot(source, context.pos) : null;
  if (!schema || !spot || (spot.word === "" && spot.kind === "node" && !context.explicit && spot.path.length === 0)) return null;
  const options = suggestionsAt(spot, schema, outlineOf(source), names).map(completionOf);
  return options.length === 0 ? null : { from: spot.from, options, validFor: /^[\w.-]*$/ };
}

function docsElement(key: string, kind: string, description: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-key-docs";
  const name = element.appendChild(document.createElement("span"));
  name.className = "cm-key-docs-name";
  name.textContent = key;
  const type = element.appendChild(document.createElement("span"));
  type.className = "cm-key-docs-kind";
  type.textContent = kind;
  element.appendChild(document.createElement("div")).textContent = description;
  return element;
}

function keyDocs(view: EditorView, position: number, { schema }: KeyKnowledge): Tooltip | null {
  const line = view.state.doc.lineAt(position);
  const entry = outlineOf(view.state.doc.toString()).findLast((each) => each.line === line.number);
  const key = entry?.path.at(-1);
  if (!schema || !entry || key === undefined) return null;
  const from = line.from + entry.column - 1;
  const found = schemaAt(schema, entry.path);
  if (!found?.description || position < from || position > from + key.length) return null;
  const { description } = found;
  return { pos: from, end: from + key.length, above: true, create: () => ({ dom: docsElement(key, kindWord(found), description) }) };
}

/** Completion and documentation from the schema (MAN-10). */
export function keyHelp(knowledge: () => KeyKnowledge): Extension {
  return [
    autocompletion({
      override: [(context) => completions(context, knowledge())],
      icons: false,
      interactionDelay: 0,
      // A key that was taken asks for its value next.
      activateOnCompletion: (taken) => taken.type === "property",
    }),
    hoverTooltip((view, position) => keyDocs(view, position, knowledge())),
  ];
}
