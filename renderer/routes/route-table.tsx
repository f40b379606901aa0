import { Pencil, RotateCcw, Trash2 } from "lucide-react";
import { methodWords, pathWords } from "../egress/route-words.ts";
import { IconButton } from "../ui/button.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";
import { RouteFields } from "./route-fields.tsx";
import type { RouteRow } from "./route-rows.ts";
import { isTouched, routeOf } from "./route-rows.ts";
import type { ShownRow } from "./use-route-editor.ts";

interface RowProps {
  shown: ShownRow;
  open: boolean;
  onOpen: () => void;
  onChange: (row: RouteRow) => void;
  onDrop: () => void;
}

const cell = "px-2 py-1.5 align-top";

function standing(row: RouteRow): { word: string; tone: "ok" | "bad" | "accent" } | null {
  if (row.removed) return { word: "removed", tone: "bad" };
  if (row.base === null) return { word: "new", tone: "ok" };
  return isTouched(row) ? { word: "changed", tone: "accent" } : null;
}

function Facts({ row }: { row: RouteRow }) {
  const result = routeOf(row);
  if (!result.ok) return <td colSpan={4} className={`${cell} text-faint`} />;
  const { methods, pathAllowlist, auth, websocket, pipelock } = result.route;
  const passes = [
    ...(websocket ? ["websocket"] : []),
    ...pipelock.allowFindings,
    ...pipelock.ssrfIpAllowlist,
    ...(pipelock.tlsPassthrough ? ["no pipelock"] : []),
  ];
  return (
    <>
      <td className={cell}>{methodWords({ methods })}</td>
      <td className={`${cell} break-all`} title={pathAllowlist.join("\n") || undefined}>
        <InertText text={pathWords({ pathAllowlist })} />
      </td>
      <td className={`${cell} break-all`}>{auth ? `${auth.scheme} ${auth.tokenRef}` : <span className="text-faint">none</span>}</td>
      <td className={`${cell} break-all`}>
        {passes.length > 0 ? <InertText text={passes.join(", ")} /> : <span className="text-faint">nothing more</span>}
      </td>
    </>
  );
}

function Row({ shown, open, onOpen, onChange, onDrop }: RowProps) {
  const { row, problem } = shown;
  const host = row.egress.host || "new route";
  const state = standing(row);
  return (
    <>
      <tr className={`border-b border-line/60 ${open ? "bg-raised" : "hover:bg-raised"} ${row.removed ? "text-faint line-through" : ""}`}>
        <th scope="row" className={`${cell} pl-3 text-left font-medium break-all`}>
          <InertText text={host} />{" "}
          {state ? (
            <span className="inline-block no-underline">
              <Tag tone={state.tone}>{state.word}</Tag>
            </span>
          ) : null}
        </th>
        <Facts row={row} />
        <td className="py-0.5 pr-2 text-right whitespace-nowrap">
          <IconButton label={`Edit ${host}`} aria-expanded={open} disabled={row.removed} onClick={onOpen}>
            <Pencil size={14} aria-hidden="true" />
          </IconButton>
          <IconButton label={row.removed ? `Keep ${host}` : `Remove ${host}`} onClick={onDrop}>
            {row.removed ? <RotateCcw size={14} aria-hidden="true" /> : <Trash2 size={14} aria-hidden="true" />}
          </IconButton>
        </td>
      </tr>
      {problem ? (
        <tr>
          <td colSpan={6} className="px-3 pb-1.5 text-sm text-bad">
            <span role="status">
              <InertText text={problem} />
            </span>
          </td>
        </tr>
      ) : null}
      {open && !row.removed ? (
        <tr className="border-b border-line">
          <td colSpan={6} className="bg-raised px-3 pt-3 pb-2">
            <RouteFields shown={shown} onChange={onChange} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

interface RouteTableProps {
  rows: readonly ShownRow[];
  open: ReadonlySet<string>;
  onOpen: (key: string) => void;
  onChange: (row: RouteRow) => void;
  onDrop: (row: RouteRow) => void;
}

/** The permanent routes; each opens into its fields. */
export function RouteTable({ rows, open, onOpen, onChange, onDrop }: RouteTableProps) {
  return (
    <table className="w-full table-fixed border-collapse text-sm" aria-label="Routes">
      <thead>
        <tr className="heading border-b border-line text-left">
          {[
            ["Host", "w-[26%] pl-3"],
            ["Methods", "w-[14%]"],
            ["Paths", ""],
            ["Credential", "w-[20%]"],
            ["Lets pass", "w-[17%]"],
          ].map(([name, look]) => (
            <th key={name} scope="col" className={`px-2 py-1.5 font-semibold ${look}`}>
              {name}
            </th>
          ))}
          <th scope="col" className="w-20">
            <span className="sr-only">Change</span>
          </th>
        </tr>
      </thead>
      <tbody className="data">
        {rows.map((shown) => {
          const { row } = shown;
          return (
            <Row
              key={row.key}
              shown={shown}
              open={open.has(row.key)}
              onOpen={() => onOpen(row.key)}
              onChange={onChange}
              onDrop={() => onDrop(row)}
            />
          );
        })}
      </tbody>
    </table>
  );
}
