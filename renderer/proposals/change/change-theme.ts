import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** What was added and removed in the panel's tokens, so that both themes follow; the package's own colours are for its two themes. */
export const changeTheme: Extension = EditorView.theme({
  "&": { height: "auto", backgroundColor: "transparent" },
  ".cm-scroller": { overflow: "visible" },
  ".cm-content": { padding: "6px 0" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-gutters": { backgroundColor: "transparent", borderRight: "none" },
  "&.cm-merge-b .cm-changedLine, .cm-insertedLine, .cm-inlineChangedLine": { backgroundColor: "var(--ok-ground)" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--bad-ground)" },
  "&.cm-merge-b .cm-changedLine, &.cm-merge-b .cm-changedLine *": { color: "var(--ok)" },
  "&.cm-merge-a .cm-changedLine, &.cm-merge-a .cm-changedLine *, .cm-deletedChunk, .cm-deletedChunk *": { color: "var(--bad)" },
  "& .cm-hidden-character, &.cm-merge-a .cm-changedLine .cm-hidden-character, .cm-deletedChunk .cm-hidden-character": {
    color: "var(--warn)",
  },
  "&.cm-merge-b .cm-changedLine .cm-hidden-character": { color: "var(--warn)" },
  "&.cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText": {
    background: "color-mix(in srgb, var(--ok) 12%, transparent)",
  },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": {
    background: "color-mix(in srgb, var(--bad) 12%, transparent)",
  },
  ".cm-deletedChunk": { padding: "0 12px 0 8px" },
  ".cm-changeGutter": { width: "1.1rem", padding: "0" },
  ".cm-changeGutter .cm-gutterElement": { textAlign: "center" },
  "&.cm-merge-b .cm-changedLineGutter, .cm-inlineChangedLineGutter": { background: "none", color: "var(--ok)" },
  "&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter": { background: "none", color: "var(--bad)" },
  "&.cm-merge-b .cm-changedLineGutter::after": { content: "'+'" },
  "&.cm-merge-a .cm-changedLineGutter::after, .cm-deletedLineGutter::after": { content: "'−'" },
  ".cm-collapsedLines": {
    background: "none",
    backgroundColor: "var(--raised)",
    color: "var(--faint)",
    fontFamily: "var(--font-sans)",
    padding: "2px 12px 2px 8px",
    cursor: "default",
  },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "none !important" },
});
