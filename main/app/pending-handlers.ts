import { OperatorError } from "#common/domain/operator-error.ts";
import type { AppHandlers } from "../ipc/handlers.ts";

type Pending = Extract<keyof AppHandlers, `git.${string}` | `pushes.${string}` | Exclude<`manifests.${string}`, "manifests.list">>;

async function unsupported(): Promise<never> {
  throw new OperatorError("unsupported", { message: "This version does not do that yet" });
}

/** Methods of the contract that have no use-case yet; each goes from here when it gets one. */
export const pendingHandlers: Pick<AppHandlers, Exclude<Pending, "manifests.list">> = {
  "git.get": unsupported,
  "git.refresh": unsupported,
  "pushes.list": unsupported,
  "pushes.view": unsupported,
  "pushes.forward": unsupported,
  "pushes.refuse": unsupported,
  "pushes.refusals": unsupported,
  "pushes.dismiss": unsupported,
  "manifests.files": unsupported,
  "manifests.choices": unsupported,
  "manifests.read": unsupported,
  "manifests.check": unsupported,
  "manifests.save": unsupported,
  "manifests.edit": unsupported,
  "manifests.parse": unsupported,
  "manifests.delete": unsupported,
  "manifests.templates": unsupported,
  "manifests.schema": unsupported,
};
