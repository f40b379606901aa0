import { totalsOf } from "../bottles/totals.ts";
import { useBottles } from "../bottles/use-bottles.ts";
import { useSidecarTrouble } from "../bottles/use-sidecars.ts";
import { formatCount, plural } from "../ui/format.ts";
import { bottleView, hrefOf } from "./location.ts";

function Figure({ value, tone = "text-text", children }: { value: number; tone?: string; children: string }) {
  return (
    <span>
      <b className={`data font-semibold ${tone}`}>{formatCount(value)}</b> {children}
    </span>
  );
}

function SidecarState() {
  const trouble = useSidecarTrouble();
  const { bottles } = useBottles();
  const first = trouble[0];
  if (first)
    return (
      <a href={hrefOf(bottleView(first.slug, "info"))} className="text-warn underline-offset-2 hover:underline">
        {first.slug}: {first.text}
        {trouble.length > 1 ? ` and ${trouble.length - 1} more` : ""}
      </a>
    );
  return <span>{bottles.some((bottle) => bottle.state === "running") ? "sidecars healthy" : "no sidecars running"}</span>;
}

export function StatusBar() {
  const { bottles } = useBottles();
  const totals = totalsOf(bottles);
  return (
    <footer className="flex items-center gap-5 overflow-hidden border-t border-line bg-panel px-3.5 text-sm whitespace-nowrap text-faint [grid-area:status]">
      <Figure value={totals.running}>running</Figure>
      <a href={hrefOf({ name: "inbox", id: null })} className="underline-offset-2 hover:text-text hover:underline">
        <Figure value={totals.needYou} tone={totals.needYou > 0 ? "text-warn" : "text-text"}>
          {totals.needYou === 1 ? "needs you" : "need you"}
        </Figure>
      </a>
      <a href={hrefOf({ name: "routes" })} className="flex gap-1.5 underline-offset-2 hover:text-text hover:underline">
        egress <Figure value={totals.allowed}>allowed</Figure> ·{" "}
        <Figure value={totals.refused} tone={totals.refused > 0 ? "text-bad" : "text-text"}>
          refused
        </Figure>
      </a>
      <span role="status" className="sr-only">
        {plural(totals.needYou, "proposal waits", "proposals wait")} for you
      </span>
      <span className="ml-auto truncate">
        <SidecarState />
      </span>
    </footer>
  );
}
