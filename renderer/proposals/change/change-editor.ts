import { yaml } from "@codemirror/lang-yaml";
import { StreamLanguage } from "@codemirror/language";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import type { Extension } from "@codemirror/state";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";
import { sourceTheme } from "../../manifests/source/source-theme.ts";
import { hiddenCharacterMark } from "../../ui/hidden-character-mark.ts";
import { hiddenCharacter } from "../../ui/visible-text.ts";
import { changeTheme } from "./change-theme.ts";
import { deletedCharacters } from "./deleted-characters.ts";

export type ChangeLanguage = "yaml" | "dockerfile" | "text";
export type ChangeLayout = "unified" | "split";

export interface ChangeOptions {
  readonly parent: HTMLElement;
  readonly before: string;
  readonly after: string;
  readonly language: ChangeLanguage;
  readonly layout: ChangeLayout;
  /** Whether lines that stay are shown too, however many. */
  readonly whole: boolean;
  readonly label: string;
}

/** A text of 32 KiB that has nothing in common with the other must not hold up the window. */
const diffConfig = { scanLimit: 400, timeout: 40 };

const dockerfile = StreamLanguage.define(dockerFile);

/** What shows the text, and hides nothing of it. */
export function showing(language: ChangeLanguage): Extension {
  return [
    // A carriage return is shown: taken for the end of a line it could hide what follows from how Docker reads it.
    EditorState.lineSeparator.of("\n"),
    highlightSpecialChars({ addSpecialChars: hiddenCharacter, render: hiddenCharacterMark }),
    EditorView.lineWrapping,
    language === "yaml" ? yaml() : language === "dockerfile" ? dockerfile : [],
    sourceTheme,
  ];
}

function onlyShown(language: ChangeLanguage, label: string): Extension {
  return [
    showing(language),
    changeTheme,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    // In the focus it can be scrolled by keys; single keys stay those of the panel.
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  ];
}

function lines(text: string): Text {
  return Text.of(text.split("\n"));
}

/** Two texts and what changed between them; returns how to take it away. */
export function createChangeEditor({ parent, before, after, language, layout, whole, label }: ChangeOptions): () => void {
  const fold = whole ? {} : { collapseUnchanged: { margin: 3, minSize: 4 } };
  if (layout === "split") {
    const side = (name: string) => [lineNumbers(), onlyShown(language, `${label}, ${name}`)];
    const merge = new MergeView({
      parent,
      a: { doc: lines(before), extensions: side("before") },
      b: { doc: lines(after), extensions: side("after") },
      diffConfig,
      ...fold,
    });
    return () => merge.destroy();
  }
  const unified = unifiedMergeView({ original: lines(before), mergeControls: false, syntaxHighlightDeletions: false, diffConfig, ...fold });
  const view = new EditorView({ parent, doc: lines(after), extensions: [unified, onlyShown(language, label), deletedCharacters] });
  return () => view.destroy();
}
