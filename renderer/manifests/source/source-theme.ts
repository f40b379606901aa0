import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName], color: "var(--accent)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.typeName], color: "var(--warn)" },
  { tag: [tags.comment, tags.lineComment, tags.meta, tags.separator, tags.punctuation, tags.bracket], color: "var(--faint)" },
  { tag: tags.heading, color: "var(--text)", fontWeight: "650" },
  { tag: tags.strong, fontWeight: "650" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.monospace, tags.link, tags.url], color: "var(--ok)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--text-base)", backgroundColor: "var(--ground)", color: "var(--text)" },
  // The pane around it shows the focus: the gutter would cover half of a ring here.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", fontVariantLigatures: "none", lineHeight: "1.25rem" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 12px 0 4px" },
  ".cm-cursor": { borderLeft: "2px solid var(--accent)" },
  ".cm-gutters": {
    zIndex: 1,
    backgroundColor: "var(--panel)",
    color: "var(--faint)",
    border: "none",
    borderRight: "1px solid var(--line)",
  },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 12px", minWidth: "2.5rem" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--raised) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--raised)", color: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "1px solid var(--edge)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-ground)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--accent-ground)", outline: "1px solid var(--accent)" },
  ".cm-hidden-character": {
    fontSize: "0.85em",
    margin: "0 1px",
    padding: "0 2px",
    borderRadius: "4px",
    border: "1px solid var(--warn)",
    backgroundColor: "var(--warn-ground)",
    color: "var(--warn)",
  },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)", textUnderlineOffset: "3px" },
});

const popups = EditorView.theme({
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    fontSize: "var(--text-base)",
    maxHeight: "17rem",
    borderRadius: "8px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px", display: "flex", gap: "12px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--selected)", color: "var(--text)" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "650" },
  ".cm-completionDetail": { marginLeft: "auto", fontStyle: "normal", color: "var(--faint)" },
  ".cm-tooltip.cm-completionInfo, .cm-key-docs": {
    padding: "8px 10px",
    maxWidth: "16rem",
    fontFamily: "var(--font-sans)",
    fontSize: "var(--text-base)",
    lineHeight: "1.25rem",
  },
  ".cm-key-docs-name": { fontFamily: "var(--font-mono)", fontWeight: "600" },
  ".cm-key-docs-kind": { color: "var(--faint)", marginLeft: "8px" },
  ".cm-diagnostic": { borderLeft: "3px solid", padding: "6px 10px", maxWidth: "34rem", fontFamily: "var(--font-sans)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-gutter-lint": { width: "1rem" },
  ".cm-lint-marker": { width: "0.8rem", height: "1.25rem", content: "none !important" },
  ".cm-lint-marker-error::after": { content: "'▲'", color: "var(--bad)", fontSize: "0.6rem", lineHeight: "1.25rem", verticalAlign: "top" },
  ".cm-lint-marker-warning::after": {
    content: "'◆'",
    color: "var(--warn)",
    fontSize: "0.6rem",
    lineHeight: "1.25rem",
    verticalAlign: "top",
  },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--text)", borderColor: "var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 10px", fontFamily: "var(--font-sans)", fontSize: "var(--text-base)" },
  ".cm-textfield": {
    backgroundColor: "var(--ground)",
    border: "1px solid var(--edge)",
    borderRadius: "6px",
    color: "var(--text)",
    fontSize: "inherit",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--raised)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    color: "var(--text)",
    fontSize: "inherit",
  },
});

/** CodeMirror in the panel's tokens, so that both themes follow without being told. */
export const sourceTheme: Extension = [look, popups, syntaxHighlighting(colours)];
