import { OperatorError } from "#common/domain/operator-error.ts";
import { editManifest, readManifestData } from "#common/manifest/edit/edit-manifest.ts";
import { editorSchema } from "#common/manifest/editor-schema.ts";
import type { Problem } from "#common/manifest/problem.ts";
import type { AppHandlers } from "../ipc/handlers.ts";
import type { ManifestDesk } from "./manifest-desk.ts";

export type ManifestHandlers = Pick<AppHandlers, Exclude<Extract<keyof AppHandlers, `manifests.${string}`>, "manifests.list">>;

/** What the panel's editor of manifests calls. */
export function createManifestHandlers(desk: ManifestDesk): ManifestHandlers {
  return {
    "manifests.files": ({ workspace }) => desk.files(workspace),
    "manifests.choices": () => desk.choices(),
    "manifests.read": (ref) => desk.read(ref),
    "manifests.check": ({ source, ...ref }) => desk.check(ref, source),
    "manifests.save": ({ source, digest, ...ref }) => desk.save(ref, source, digest),
    "manifests.edit": async ({ source, changes, body }) => {
      const edited = editManifest(source, changes, body);
      if (!edited.ok) throw cannotEdit(edited.problems);
      return { source: edited.value };
    },
    "manifests.parse": async ({ source }) => readManifestData(source),
    "manifests.delete": async ({ digest, ...ref }) => {
      await desk.remove(ref, digest);
      return {};
    },
    "manifests.templates": () => desk.templates(),
    "manifests.schema": async ({ kind }) => JSON.parse(JSON.stringify(editorSchema(kind))),
  };
}

function cannotEdit([first]: readonly Problem[]): OperatorError {
  const message = first === undefined ? "the text cannot be changed" : `line ${first.line}: ${first.message}`;
  return new OperatorError("manifest-invalid", { message, hint: "Put the text right first; the form then follows it" });
}
