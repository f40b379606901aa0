import { FolderInput, PanelRight } from "lucide-react";
import { useState } from "react";
import type { BottleSummary } from "#common/domain/bottle.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { shortPath } from "../ui/format.ts";
import { Shape, statusColours } from "../ui/shape.tsx";
import { Pill } from "../ui/tag.tsx";
import { statusOf, statusWord } from "./grouping.ts";
import { StopDialog } from "./stop-dialog.tsx";
import { useUserHome } from "./use-bottles.ts";

interface BottleHeaderProps {
  bottle: BottleSummary;
  inspector: boolean;
  onInspector: () => void;
}

/** Who this is, how it is, and the one thing that ends it. */
export function BottleHeader({ bottle, inspector, onInspector }: BottleHeaderProps) {
  const [stopping, setStopping] = useState(false);
  const home = useUserHome();
  const status = statusOf(bottle);
  return (
    <header className="flex min-h-13 items-center gap-3 px-4">
      <Shape status={status} size={12} />
      <h1 className="truncate text-lg font-semibold">{bottle.slug}</h1>
      <span className={`text-sm whitespace-nowrap ${statusColours[status]}`}>{statusWord(bottle)}</span>
      <div className="flex min-w-0 items-center gap-2 overflow-hidden">
        <Pill>{bottle.provider}</Pill>
        <Pill>
          {bottle.backend}
          {bottle.runtime ? ` · ${bottle.runtime}` : ""}
        </Pill>
        {bottle.workspace ? (
          <Pill title={bottle.workspace}>
            <FolderInput size={12} aria-hidden="true" className="shrink-0" />
            <span className="truncate">{shortPath(bottle.workspace, home)}</span>
          </Pill>
        ) : null}
      </div>
      <div className="ml-auto flex items-center gap-2">
        {bottle.state === "running" ? <Button onClick={() => setStopping(true)}>Stop</Button> : null}
        <IconButton label="Inspector" aria-pressed={inspector} aria-keyshortcuts="I" onClick={onInspector}>
          <PanelRight size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <StopDialog slug={stopping ? bottle.slug : null} onClose={() => setStopping(false)} />
    </header>
  );
}
