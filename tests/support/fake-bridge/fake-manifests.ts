import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";

type ManifestsMethod =
  | "manifests.files"
  | "manifests.choices"
  | "manifests.read"
  | "manifests.check"
  | "manifests.save"
  | "manifests.edit"
  | "manifests.parse"
  | "manifests.delete"
  | "manifests.templates"
  | "manifests.schema";

function unsupported(): never {
  throw new Refusal("unsupported", "The fake does not do that yet", "");
}

export const fakeManifests: FakeHandlers<ManifestsMethod> = {
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
