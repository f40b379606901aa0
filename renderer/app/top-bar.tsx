import { Plus, Search } from "lucide-react";
import { useCall } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { modKey } from "../ui/platform.ts";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { hrefOf } from "./location.ts";
import { useOverlays } from "./overlays.tsx";

const engineShapes: Record<"ready" | "unavailable" | "checking", Status> = {
  ready: "running",
  unavailable: "failed",
  checking: "starting",
};
const engineWords = { ready: "ready", unavailable: "not available", checking: "checking" } as const;

function EnginePill() {
  const { data } = useCall("engine.status", {});
  const state = data?.state ?? "checking";
  const label = data?.label ?? "engine";
  const details = [data?.version ? `version ${data.version}` : null, data?.runtime, data?.problem].filter(Boolean).join(" · ");
  return (
    <div
      role="status"
      aria-label="Engine"
      title={details || undefined}
      className="flex h-6 min-w-0 items-center gap-2 rounded-full border border-line px-2.5 text-sm text-dim"
    >
      <Shape status={engineShapes[state]} size={8} />
      <span className="truncate">{label}</span>
      <span className={state === "ready" ? "sr-only" : "text-text"}>{engineWords[state]}</span>
    </div>
  );
}

function PaletteField() {
  const { show } = useOverlays();
  return (
    <button
      type="button"
      aria-label="Command palette"
      aria-keyshortcuts="Control+K Meta+K"
      aria-haspopup="dialog"
      onClick={() => show({ name: "palette" })}
      className="mx-auto flex h-6.5 w-full max-w-107 min-w-0 items-center gap-2 rounded-md border border-line bg-raised px-2.5 text-faint hover:border-edge"
    >
      <Search size={13} aria-hidden="true" className="shrink-0" />
      <span className="truncate">Start an agent, jump to a bottle, run a command…</span>
      <span className="ml-auto">
        <Kbd>{`${modKey}K`}</Kbd>
      </span>
    </button>
  );
}

export function TopBar() {
  const { show } = useOverlays();
  return (
    <header className="grid grid-cols-[1fr_minmax(0,27rem)_1fr] items-center gap-4 border-b border-line bg-panel px-3.5 [grid-area:top]">
      <div className="flex min-w-0 items-center gap-3.5">
        <a href={hrefOf({ name: "home" })} className="font-semibold tracking-[-0.01em] whitespace-nowrap">
          bot-bottle
        </a>
        <EnginePill />
      </div>
      <PaletteField />
      <div className="flex justify-end">
        <Button
          variant="primary"
          hotkey="N"
          icon={<Plus size={14} aria-hidden="true" />}
          className="h-7"
          onClick={() => show({ name: "start", agent: null })}
          aria-haspopup="dialog"
        >
          Start agent
        </Button>
      </div>
    </header>
  );
}
