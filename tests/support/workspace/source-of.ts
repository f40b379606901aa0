import type { WorkspaceSource } from "../../../main/backends/backend.ts";
import { workspaceCopy } from "../../../main/workspace/copy-in.ts";

/** A folder as a start would copy it, recorded beside it; what it says on the way goes to `tell`, as often as `now` lets time pass. */
export function sourceOf(
  hostPath: string,
  tell: (text: string) => void = () => undefined,
  now: () => number = () => performance.now(),
): WorkspaceSource {
  return workspaceCopy({ hostPath, guestPath: "/home/node/workspace", recordFile: `${hostPath}.record`, now, tell });
}
