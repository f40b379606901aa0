import type { ManifestFile } from "#common/ipc/manifest-methods.ts";
import { hrefOf, manifestView } from "../app/location.ts";
import { plural } from "../ui/format.ts";
import { visibleString } from "../ui/visible-text.ts";

const NAMES_SHOWN = 3;

function ManifestLink({ kind, name }: { kind: ManifestFile["kind"]; name: string }) {
  return (
    <a href={hrefOf(manifestView(kind, name))} className="data rounded-sm text-dim underline-offset-2 hover:text-text hover:underline">
      {visibleString(name)}
    </a>
  );
}

function Names({ kind, names, what }: { kind: ManifestFile["kind"]; names: readonly string[]; what: string }) {
  const more = names.length - NAMES_SHOWN;
  if (names.length === 0) return null;
  return (
    <span title={names.join(", ")}>
      {what}{" "}
      {names.slice(0, NAMES_SHOWN).map((name, index) => (
        <span key={name}>
          {index > 0 ? ", " : ""}
          <ManifestLink kind={kind} name={name} />
        </span>
      ))}
      {more > 0 ? ` and ${plural(more, "other")}` : ""}
    </span>
  );
}

/** Bottles that a manifest rests on, nearest first. */
function chainOf({ kind, parent, extends: parents }: ManifestFile): readonly string[] {
  if (kind === "agent") return parent === null ? [] : [parent, ...parents];
  return parents.length > 0 ? parents : parent === null ? [] : [parent];
}

/** What a manifest rests on, and what rests on it: `in bottle dev → base`, `used by api-refactor, docs`. */
export function Relations({ manifest }: { manifest: ManifestFile }) {
  const chain = chainOf(manifest);
  const { usedBy } = manifest;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-3 text-sm text-faint">
      {chain.length > 0 ? (
        <span>
          {manifest.kind === "agent" ? "in bottle " : "extends "}
          {chain.map((name, index) => (
            <span key={name}>
              {index > 0 ? (
                <>
                  <span aria-hidden="true"> → </span>
                  <span className="sr-only"> which extends </span>
                </>
              ) : null}
              <ManifestLink kind="bottle" name={name} />
            </span>
          ))}
        </span>
      ) : null}
      <Names kind="bottle" names={usedBy.bottles} what="extended by" />
      <Names kind="agent" names={usedBy.agents} what="used by" />
    </span>
  );
}
