import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";

type WorkspaceMethod = "workspace.changes" | "workspace.apply" | "workspace.patch" | "workspace.cancel";

function unsupported(): never {
  throw new Refusal("unsupported", "The fake does not do that yet", "");
}

export const fakeWorkspace: FakeHandlers<WorkspaceMethod> = {
  "workspace.changes": unsupported,
  "workspace.cancel": unsupported,
  "workspace.apply": unsupported,
  "workspace.patch": unsupported,
};
