import { visibleRuns } from "./visible-text.ts";

/** A character that would not be seen, as an element with its name. */
export function hiddenCharacterMark(code: number): HTMLElement {
  const mark = document.createElement("span");
  const [run] = visibleRuns(String.fromCodePoint(code));
  mark.className = "cm-hidden-character";
  mark.textContent = run?.kind === "mark" ? run.code : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  mark.title = run?.kind === "mark" ? run.name : "control character";
  mark.setAttribute("aria-label", mark.title);
  mark.setAttribute("role", "img");
  return mark;
}
