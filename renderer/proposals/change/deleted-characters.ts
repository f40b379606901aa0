import type { EditorView } from "@codemirror/view";
import { ViewPlugin } from "@codemirror/view";
import { hiddenCharacterMark } from "../../ui/hidden-character-mark.ts";
import { visibleRuns } from "../../ui/visible-text.ts";

const DONE = "namesHidden";

/** Puts a named mark in the place of every character of this text node that would not be seen. */
function nameHidden(node: Text): void {
  const runs = visibleRuns(node.data);
  if (runs.every(({ kind }) => kind === "text")) return;
  const parts = runs.map((run) => (run.kind === "text" ? run.text : hiddenCharacterMark(Number.parseInt(run.code.slice(2), 16))));
  node.replaceWith(...parts);
}

function nameHiddenIn(chunk: HTMLElement): void {
  if (chunk.dataset[DONE]) return;
  chunk.dataset[DONE] = "";
  const walker = document.createTreeWalker(chunk, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) nameHidden(text);
}

/**
 * The merge extension draws removed lines as plain elements outside of the document, where `highlightSpecialChars` does not reach:
 * without this, a removed line could hide a direction override.
 */
export const deletedCharacters = ViewPlugin.define((view: EditorView) => {
  const look = () =>
    view.requestMeasure({
      key: deletedCharacters,
      read: () => [...view.contentDOM.querySelectorAll<HTMLElement>(".cm-deletedChunk")],
      write: (chunks) => {
        for (const chunk of chunks) nameHiddenIn(chunk);
      },
    });
  look();
  return { update: look };
});
