import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";

type GitMethod =
  | "git.get"
  | "git.refresh"
  | "pushes.list"
  | "pushes.view"
  | "pushes.forward"
  | "pushes.refuse"
  | "pushes.refusals"
  | "pushes.dismiss";

function unsupported(): never {
  throw new Refusal("unsupported", "The fake does not do that yet", "");
}

export const fakeGit: FakeHandlers<GitMethod> = {
  "git.get": unsupported,
  "git.refresh": unsupported,
  "pushes.list": unsupported,
  "pushes.view": unsupported,
  "pushes.forward": unsupported,
  "pushes.refuse": unsupported,
  "pushes.refusals": unsupported,
  "pushes.dismiss": unsupported,
};
