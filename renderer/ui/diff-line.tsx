import { InertText } from "./inert-text.tsx";

const looks = {
  same: { sign: " ", row: "text-dim", word: "" },
  added: { sign: "+", row: "bg-ok-ground text-ok", word: "added: " },
  removed: { sign: "−", row: "bg-bad-ground text-bad", word: "removed: " },
} as const;

interface DiffLineProps {
  kind: keyof typeof looks;
  text: string;
  /** In the file, where the diff knows it. */
  number?: number | null;
}

/** A line of a difference, told by sign, colour and word; its text is hostile. */
export function DiffLineRow({ kind, text, number }: DiffLineProps) {
  const look = looks[kind];
  return (
    <li className={`flex px-3 ${look.row}`}>
      {number === undefined ? null : (
        <span aria-hidden="true" className="w-10 shrink-0 pr-2 text-right text-faint select-none">
          {number}
        </span>
      )}
      <span aria-hidden="true" className="w-5 shrink-0 select-none">
        {look.sign}
      </span>
      <span className="sr-only">{look.word}</span>
      <span className="min-w-0 break-all whitespace-pre-wrap">
        <InertText text={text} />
      </span>
    </li>
  );
}
