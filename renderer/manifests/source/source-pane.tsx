import type { Ref } from "react";
import { useEffect, useEffectEvent, useId, useImperativeHandle, useRef } from "react";
import type { PlacedProblem } from "#common/ipc/manifest-methods.ts";
import type { KeyKnowledge } from "./key-help.ts";
import type { SourceEditor } from "./source-editor.ts";
import { createSourceEditor } from "./source-editor.ts";

export interface SourcePaneHandle {
  jump(line: number, column?: number): void;
}

interface SourcePaneProps {
  ref: Ref<SourcePaneHandle>;
  file: string;
  text: string;
  readOnly: boolean;
  problems: readonly PlacedProblem[];
  knowledge: KeyKnowledge;
  onType: (text: string) => void;
}

/** The text of the file itself. */
export function SourcePane({ ref, file, text, readOnly, problems, knowledge, onType }: SourcePaneProps) {
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<SourceEditor | null>(null);
  const help = useId();
  const knows = useEffectEvent(() => knowledge);
  const typed = useEffectEvent(onType);
  const open = useEffectEvent((element: HTMLElement) =>
    createSourceEditor({
      parent: element,
      text,
      label: `Source of ${file}`,
      describedBy: help,
      readOnly,
      knowledge: () => knows(),
      onType: (next) => typed(next),
    }),
  );
  useEffect(() => {
    if (!parent.current) return;
    const opened = open(parent.current);
    editor.current = opened;
    return () => {
      editor.current = null;
      opened.destroy();
    };
  }, []);
  useEffect(() => editor.current?.show(text), [text]);
  useEffect(() => editor.current?.mark(problems), [problems]);
  useImperativeHandle(ref, () => ({ jump: (line, column) => editor.current?.jump(line, column) }), []);
  return (
    <>
      <div
        ref={parent}
        className="relative min-h-0 grow overflow-hidden after:pointer-events-none after:absolute after:inset-0 after:z-20 focus-within:after:shadow-[inset_0_0_0_2px_var(--accent)]"
      />
      <p id={help} className="sr-only">
        Control Space suggests what fits at the cursor. F8 goes to the next problem. Escape and then Tab leaves the editor.
      </p>
    </>
  );
}
