import type { RefObject } from "react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ManifestFile, ManifestSource, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { go, manifestView } from "../../app/location.ts";
import { useCall } from "../../bridge/use-call.ts";
import type { FormScope } from "../form/form-scope.ts";
import { outlineOf } from "../source/frontmatter-outline.ts";
import { JsonSchema } from "../source/json-schema.ts";
import type { KeyKnowledge } from "../source/key-help.ts";
import type { SourcePaneHandle } from "../source/source-pane.tsx";
import { useKnownNames, useManifestFiles } from "../use-manifests.ts";
import { problemsByPath } from "./placed-problems.ts";
import { useDraft } from "./use-draft.ts";

export interface Editor {
  readonly scope: FormScope;
  /** As the list has it: what it rests on and who needs it. */
  readonly listed: ManifestFile | undefined;
  /** Of this file, and those that saving it would cause in others. */
  readonly problems: readonly PlacedProblem[];
  readonly own: readonly PlacedProblem[];
  readonly errors: readonly PlacedProblem[];
  readonly checking: boolean;
  readonly knowledge: KeyKnowledge;
  readonly source: RefObject<SourcePaneHandle | null>;
  /** Shows a place: in the source here, or in the file that it is in. */
  readonly open: (file: string, line: number, column?: number) => void;
}

function useSchema(kind: ManifestSource["kind"]): JsonSchema | null {
  const { data } = useCall("manifests.schema", { kind });
  const [parsed, setParsed] = useState<{ of: unknown; schema: JsonSchema | null }>({ of: undefined, schema: null });
  if (data !== undefined && parsed.of !== data) setParsed({ of: data, schema: JsonSchema.safeParse(data).data ?? null });
  return parsed.schema;
}

/** An opened file with everything that form, source and preview read from it. */
export function useEditor(opened: ManifestSource, line: number | null): Editor {
  const { draft, state } = useDraft(opened);
  const { files } = useManifestFiles(opened.workspace);
  const names = useKnownNames();
  const schema = useSchema(opened.kind);
  const source = useRef<SourcePaneHandle>(null);
  const { kind, name, file, writable } = state.saved;
  const problems = state.check?.problems ?? [];
  const own = useMemo(() => (state.check?.problems ?? []).filter((problem) => problem.file === file), [state.check, file]);

  const outline = useMemo(() => outlineOf(state.source), [state.source]);
  const placed = useMemo(() => problemsByPath(own, state.checkedSource ?? ""), [own, state.checkedSource]);

  useEffect(() => {
    if (line !== null) source.current?.jump(line);
  }, [line]);

  const open: Editor["open"] = (target, at, column = 1) => {
    if (target === file) return source.current?.jump(at, column);
    const found = files.find((each) => each.file === target);
    if (found) go(manifestView(found.kind, found.name, found.workspace, at));
  };

  return {
    scope: {
      kind,
      name,
      draft,
      state,
      outline,
      problems: placed,
      effective: state.check?.effective ?? [],
      names,
      inert: !writable || state.readable === false,
      jump: (at) => source.current?.jump(at),
    },
    listed: files.find((each) => each.file === file),
    problems,
    own,
    errors: own.filter(({ severity }) => severity === "error"),
    checking: state.checkedSource !== state.source,
    knowledge: { schema, names },
    source,
    open,
  };
}
