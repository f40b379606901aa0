import { Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Fragment } from "react";
import type { SecretRow, SecretStoreState } from "#common/ipc/secret-methods.ts";
import type { View } from "../app/location.ts";
import { bottleView, hrefOf, manifestView } from "../app/location.ts";
import { Age } from "../ui/age.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Tag } from "../ui/tag.tsx";

export interface SecretTableProps {
  rows: readonly SecretRow[];
  store: SecretStoreState;
  onStore: (row: SecretRow) => void;
  onRemove: (row: SecretRow) => void;
}

function Source({ row, locked }: { row: SecretRow; locked: boolean }) {
  if (row.source === "missing") return <Tag tone="bad">missing</Tag>;
  if (row.source === "environment") return <Tag>environment</Tag>;
  return <Tag tone={locked ? "warn" : "ok"}>{locked ? "stored, locked" : "stored"}</Tag>;
}

function Links({ names, view }: { names: readonly string[]; view: (name: string) => View }) {
  if (names.length === 0) return <span className="text-faint">–</span>;
  return (
    <span className="flex flex-wrap gap-x-3">
      {names.map((name) => (
        <a key={name} href={hrefOf(view(name))} className="data text-dim underline-offset-2 hover:text-text hover:underline">
          {name}
        </a>
      ))}
    </span>
  );
}

function Heading({ children, quiet = false }: { children: string; quiet?: boolean }) {
  return (
    <th scope="col" className="heading px-3 py-1.5 text-left">
      {quiet ? <span className="sr-only">{children}</span> : children}
    </th>
  );
}

function Cell({ children }: { children: ReactNode }) {
  return <td className="px-3 py-1.5 align-middle">{children}</td>;
}

function LastUse({ row }: { row: SecretRow }) {
  if (row.lastUsedAt === null) return <span className="text-faint">never</span>;
  return (
    <span className="whitespace-nowrap">
      <Age since={row.lastUsedAt} className="data" /> <span className="text-faint">ago</span>
      {row.lastUsedBy ? <span className="data block text-sm text-faint">{row.lastUsedBy}</span> : null}
    </span>
  );
}

/** A long name breaks after an underscore, not in the middle of a word. */
function BreakableName({ name }: { name: string }) {
  const parts = name.split(/(?<=_)/);
  return parts.map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one name, in their order
    <Fragment key={at}>
      {part}
      <wbr />
    </Fragment>
  ));
}

function Row({ row, store, onStore, onRemove }: { row: SecretRow } & Omit<SecretTableProps, "rows">) {
  const stored = row.storedAt !== null;
  return (
    <tr className="border-t border-line/60">
      <th scope="row" aria-label={row.name} className="data px-3 py-1.5 text-left font-medium">
        <BreakableName name={row.name} />
      </th>
      <Cell>
        <Source row={row} locked={store.state === "locked"} />
      </Cell>
      <Cell>
        <Links names={row.manifests} view={(name) => manifestView("bottle", name)} />
      </Cell>
      <Cell>
        <Links names={row.bottles} view={(slug) => bottleView(slug, "egress")} />
      </Cell>
      <Cell>
        <LastUse row={row} />
      </Cell>
      <Cell>
        <span className="flex items-center justify-end gap-1">
          {store.state === "broken" ? null : (
            <Button aria-label={`${stored ? "Replace" : "Store"} ${row.name}…`} onClick={() => onStore(row)}>
              {stored ? "Replace…" : "Store…"}
            </Button>
          )}
          {stored ? (
            <IconButton
              label={`Remove ${row.name}`}
              disabled={store.state !== "open"}
              onClick={() => onRemove(row)}
              className="disabled:text-edge"
            >
              <Trash2 size={14} aria-hidden="true" />
            </IconButton>
          ) : (
            <span className="w-7" />
          )}
        </span>
      </Cell>
    </tr>
  );
}

/** Every secret that a manifest names or that is stored: where its value comes from and who was given it. */
export function SecretTable({ rows, ...rest }: SecretTableProps) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr>
            <Heading>Name</Heading>
            <Heading>Source</Heading>
            <Heading>Named by</Heading>
            <Heading>Held by</Heading>
            <Heading>Last used</Heading>
            <Heading quiet>Actions</Heading>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} {...rest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
