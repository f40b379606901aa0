import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useEffectEvent, useId, useRef } from "react";
import { showing } from "../change/change-editor.ts";

interface DockerfilePaneProps {
  /** As it is when the pane appears; from then on the pane holds it. */
  text: string;
  problem: string | undefined;
  onType: (text: string) => void;
}

/** A Dockerfile to be edited. Tab leaves it: nobody is caught in the editor. */
export default function DockerfilePane({ text, problem, onType }: DockerfilePaneProps) {
  const parent = useRef<HTMLDivElement>(null);
  const note = useId();
  const typed = useEffectEvent(onType);
  const open = useEffectEvent(
    (element: HTMLElement) =>
      new EditorView({
        parent: element,
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          keymap.of([...historyKeymap, ...defaultKeymap]),
          showing("dockerfile"),
          EditorView.contentAttributes.of({ "aria-label": "Dockerfile", "aria-describedby": note, spellcheck: "false" }),
          EditorView.theme({ "&": { maxHeight: "22rem" }, ".cm-scroller": { overflow: "auto" } }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) typed(update.state.doc.toString());
          }),
        ],
      }),
  );
  useEffect(() => {
    if (!parent.current) return;
    const view = open(parent.current);
    view.focus();
    return () => view.destroy();
  }, []);
  return (
    <div>
      <div
        ref={parent}
        className="overflow-hidden rounded-md border border-edge focus-within:border-accent focus-within:shadow-[inset_0_0_0_1px_var(--accent)]"
      />
      <p id={note} className={`min-h-4.5 pt-0.5 text-sm ${problem ? "text-bad" : "text-faint"}`}>
        {problem ?? "The whole file, as the image would be built from it. Escape leaves the editor."}
      </p>
    </div>
  );
}
