import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { ManifestFile } from "#common/ipc/manifest-methods.ts";
import { keyOf } from "./filter-manifests.ts";
import type { RowActions } from "./manifest-row.tsx";
import { ManifestRow } from "./manifest-row.tsx";

const ROW = 57;
const PROBLEM = 92;

/** A thousand files, of which only those in sight exist; arrow keys go from name to name. */
export function ManifestList({ files, ...actions }: { files: readonly ManifestFile[] } & RowActions) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: files.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ROW + (files[index]?.problems.length ?? 0) * PROBLEM,
    getItemKey: (index) => {
      const file = files[index];
      return file ? keyOf(file) : index;
    },
    overscan: 6,
  });
  const focusRow = (index: number) => {
    rows.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] [data-manifest]`)?.focus());
  };
  const move = (event: React.KeyboardEvent) => {
    const from = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-index]") : null;
    const at = Number(from?.dataset.index ?? -1);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: files.length - 1 };
    const wanted = steps[event.key];
    if (wanted === undefined || wanted < 0 || wanted >= files.length) return;
    event.preventDefault();
    focusRow(wanted);
  };
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
      tabIndex={0}
      aria-label="Files"
      onKeyDown={move}
      className="min-h-0 grow overflow-y-auto focus-visible:outline-offset-[-2px]"
    >
      <ul aria-label="Manifests" className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const file = files[item.index];
          return file ? (
            <li
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              aria-setsize={files.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 top-0 border-b border-line/60 px-4 py-2 hover:bg-raised/60"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <ManifestRow manifest={file} {...actions} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
}
