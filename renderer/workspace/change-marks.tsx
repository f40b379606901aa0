import type { WorkspaceChange } from "#common/ipc/workspace-methods.ts";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";
import { Tag } from "../ui/tag.tsx";
import { standingOf } from "./choose-changes.ts";

/** How a change stands, as shape and word; nothing for what is ready. */
export function StandingMark({ change }: { change: WorkspaceChange }) {
  const standing = standingOf(change);
  if (standing === "ready") return null;
  const looks: Record<"conflict" | "refused", { status: Status; tone: "warn" | "bad" }> = {
    conflict: { status: "needs-you", tone: "warn" },
    refused: { status: "failed", tone: "bad" },
  };
  const { status, tone } = looks[standing];
  return (
    <Tag tone={tone}>
      <Shape status={status} size={8} />
      <span className="pl-1">{standing}</span>
    </Tag>
  );
}

/** Lines that come and go, or why they are not counted. */
export function ChangeSize({ change }: { change: WorkspaceChange }) {
  if (change.refused !== null) return null;
  if (change.binary) return <span className="data text-faint">binary</span>;
  if (change.kind !== "file") return <span className="text-faint">{change.kind}</span>;
  if (change.added + change.removed === 0) return <span className="text-faint">{change.cut ? "large" : ""}</span>;
  return (
    <span className="data">
      <span className="text-ok">+{change.added}</span> <span className="text-bad">−{change.removed}</span>
    </span>
  );
}
