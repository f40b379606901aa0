import { useEffect, useRef } from "react";
import type { ChangeOptions } from "./change-editor.ts";
import { createChangeEditor } from "./change-editor.ts";

/** CodeMirror over a change. Loaded when the first one is looked at. */
export default function ChangePane({ before, after, language, layout, whole, label }: Omit<ChangeOptions, "parent">) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current) return;
    return createChangeEditor({ parent: parent.current, before, after, language, layout, whole, label });
  }, [before, after, language, layout, whole, label]);
  return <div ref={parent} className="max-h-[26rem] overflow-y-auto text-sm" />;
}
