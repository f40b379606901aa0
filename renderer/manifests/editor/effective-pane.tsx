import type { EffectiveValue, ManifestKind } from "#common/ipc/manifest-methods.ts";
import { InertText } from "../../ui/inert-text.tsx";
import { EmptyState } from "../../ui/notes.tsx";
import { effectiveGroups, originOf, originWords, pathWords } from "./origin.ts";
import { OriginMark } from "./origin-mark.tsx";

interface EffectivePaneProps {
  kind: ManifestKind;
  values: readonly EffectiveValue[];
  file: string;
  /** Older than the text: a check is under way. */
  stale: boolean;
  broken: boolean;
  onOpen: (file: string, line: number) => void;
}

function From({ value, file, onOpen }: { value: EffectiveValue; file: string; onOpen: EffectivePaneProps["onOpen"] }) {
  const { from } = value;
  const origin = originOf(from, file);
  const words = (
    <>
      <OriginMark origin={origin} />
      <span className="min-w-0 text-left break-words">{originWords(from, file)}</span>
    </>
  );
  if (from.kind !== "file") return <span className="flex items-center gap-1.5 text-faint">{words}</span>;
  return (
    <button
      type="button"
      title={`${from.file}:${from.line}`}
      onClick={() => onOpen(from.file, from.line)}
      className="flex max-w-full items-center gap-1.5 rounded-sm text-dim underline-offset-2 hover:text-text hover:underline"
    >
      {words}
    </button>
  );
}

function Nothing({ broken, kind }: { broken: boolean; kind: ManifestKind }) {
  if (broken)
    return (
      <EmptyState title="Not known yet">
        The text has errors. Once they are put right, this shows what the {kind === "agent" ? "agent's bottle" : "bottle"} really becomes.
      </EmptyState>
    );
  return <EmptyState title="Nothing is set">Everything has its default, and only the provider's own routes are open.</EmptyState>;
}

/** What the bottle really becomes, with everything inherited and defaulted; each value leads to the line it comes from. */
export function EffectivePane({ kind, values, file, stale, broken, onOpen }: EffectivePaneProps) {
  if (values.length === 0) return <Nothing broken={broken} kind={kind} />;
  return (
    <div aria-busy={stale} className="px-4 pb-4">
      <p className="py-3 text-sm text-faint">
        {kind === "agent" ? "The agent's bottle, with the agent's own identity over it" : "The bottle with everything it inherits"}. Each
        value leads to where it is written.
      </p>
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">What the bottle becomes</caption>
        <thead>
          <tr className="heading border-b border-line text-left">
            <th scope="col" className="w-[36%] py-1 font-semibold">
              Setting
            </th>
            <th scope="col" className="w-[34%] font-semibold">
              Value
            </th>
            <th scope="col" className="font-semibold">
              From
            </th>
          </tr>
        </thead>
        {effectiveGroups(values).map((group) => (
          <tbody key={group.key}>
            <tr>
              <th scope="rowgroup" colSpan={3} className="pt-3 pb-1 text-left font-medium">
                {group.title}
              </th>
            </tr>
            {group.values.map((value) => (
              <tr key={value.path.join(".")} className="border-b border-line/60 align-baseline">
                <td className="data py-1 pr-2 text-sm break-words text-dim">
                  <InertText text={pathWords(value.path)} />
                </td>
                <td className="data py-1 pr-2 text-sm break-words">
                  <InertText text={value.value} />
                </td>
                <td className="py-1 text-sm">
                  <From value={value} file={file} onOpen={onOpen} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
