import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yamlFrontmatter } from "@codemirror/lang-yaml";
import { bracketMatching, defineLanguageFacet, indentService, Language, LanguageSupport } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import type { Extension, Text } from "@codemirror/state";
import { Annotation, EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { parser as markdown } from "@lezer/markdown";
import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { hiddenCharacterMark } from "../../ui/hidden-character-mark.ts";
import { hiddenCharacter } from "../../ui/visible-text.ts";
import type { KeyKnowledge } from "./key-help.ts";
import { keyHelp } from "./key-help.ts";
import { sourceTheme } from "./source-theme.ts";
import { replacedPart } from "./text-change.ts";
import { indentAfter } from "./yaml-indent.ts";

export interface SourceEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly readOnly: boolean;
  readonly knowledge: () => KeyKnowledge;
  readonly onType: (text: string) => void;
}

export interface SourceEditor {
  /** Takes over a text that was changed elsewhere; the cursor and the history stay. */
  show(text: string): void;
  mark(problems: readonly PlacedProblem[]): void;
  /** Puts the cursor on a line, in sight and in the focus. */
  jump(line: number, column?: number): void;
  destroy(): void;
}

/** Changes that did not come from the keyboard. */
const fromElsewhere = Annotation.define<boolean>();

const markdownLanguage = new LanguageSupport(new Language(defineLanguageFacet(), markdown, [], "markdown"));

function extensions({ label, describedBy, readOnly, knowledge, onType }: SourceEditorOptions): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    highlightSpecialChars({ addSpecialChars: hiddenCharacter, render: hiddenCharacterMark }),
    highlightSelectionMatches(),
    history(),
    drawSelection(),
    indentService.of((context, position) => {
      const { doc } = context.state;
      const line = doc.lineAt(position);
      const above =
        context.simulatedBreak === position ? doc.sliceString(line.from, position) : doc.line(Math.max(1, line.number - 1)).text;
      return indentAfter(above);
    }),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    yamlFrontmatter({ content: markdownLanguage }),
    keyHelp(knowledge),
    keymap.of([
      { key: "Tab", run: acceptCompletion },
      ...completionKeymap,
      ...closeBracketsKeymap,
      ...historyKeymap,
      ...searchKeymap,
      ...lintKeymap,
      ...defaultKeymap,
      // Escape, then Tab leaves: nobody is caught in the editor.
      indentWithTab,
    ]),
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy, spellcheck: "false" }),
    EditorView.lineWrapping,
    EditorView.updateListener.of((update) => {
      const typed = update.transactions.some((each) => each.docChanged && !each.annotation(fromElsewhere));
      if (typed) onType(update.state.doc.toString());
    }),
    sourceTheme,
  ];
}

function offsetAt(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(at.from + Math.max(0, column - 1), at.to);
}

function diagnosticOf(doc: Text, { line, column, endColumn, severity, message }: PlacedProblem): Diagnostic {
  const from = offsetAt(doc, line, column);
  return { from, to: Math.max(from, offsetAt(doc, line, endColumn)), severity, message };
}

/** CodeMirror over one manifest: YAML above, Markdown below, help from the schema. */
export function createSourceEditor(options: SourceEditorOptions): SourceEditor {
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({ doc: options.text, extensions: extensions(options) }),
  });
  return {
    show: (text) => {
      const changes = replacedPart(view.state.doc.toString(), text);
      if (changes) view.dispatch({ changes, annotations: fromElsewhere.of(true) });
    },
    mark: (problems) => {
      const diagnostics = problems.map((problem) => diagnosticOf(view.state.doc, problem));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    jump: (line, column = 1) => {
      const anchor = offsetAt(view.state.doc, line, column);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
