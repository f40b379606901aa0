import type { ManifestCheck, ManifestFile, ManifestKind, ManifestSource, PlacedProblem } from "#common/ipc/manifest-methods.ts";
import { editManifest, readManifestData } from "#common/manifest/edit/edit-manifest.ts";
import { editorSchema } from "#common/manifest/editor-schema.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import type { FakeManifest } from "./manifest-shelf.ts";
import { digestOf, ManifestShelf } from "./manifest-shelf.ts";
import { templates } from "./sample-manifests.ts";

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

interface Ref {
  kind: ManifestKind;
  name: string;
  workspace: string | null;
}

function sourceOf({ kind, name, workspace, file, source }: FakeManifest): ManifestSource {
  return { kind, name, workspace, file, source, digest: digestOf(source), writable: workspace === null };
}

/** Answers for manifests from memory, with the product's own parser and schemas. */
export class FakeManifests {
  shelf = new ManifestShelf("some");
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Another program writes a file. */
  writeElsewhere(kind: ManifestKind, name: string, source: string): void {
    this.shelf.put(kind, name, source);
    this.#changed();
  }

  #found(ref: Ref): FakeManifest {
    const found = this.shelf.find(ref.kind, ref.name, ref.workspace);
    if (!found)
      throw new Refusal("not-found", `There is no ${ref.kind} "${ref.name}".`, "It may have been deleted; the list shows what there is.");
    return found;
  }

  #listed(manifest: FakeManifest): ManifestFile {
    const { kind, name, workspace, file } = manifest;
    const facts = this.shelf.factsOf(manifest);
    const usedBy = this.shelf.usersOf(manifest);
    return { kind, name, workspace, file, writable: workspace === null, ...facts, usedBy, overridden: false };
  }

  #check(ref: Ref, source: string): ManifestCheck {
    const file = this.shelf.fileOf(ref.kind, ref.name, ref.workspace);
    const problems: PlacedProblem[] = this.shelf.problemsOf({ ...ref, file, source });
    return { problems, effective: problems.length > 0 ? [] : this.shelf.effective({ ...ref, file, source }) };
  }

  #save(ref: Ref, source: string, digest: string | null): ManifestSource {
    const found = this.shelf.find(ref.kind, ref.name, ref.workspace);
    if (digest === null && found) throw new Refusal("conflict", `There is a ${ref.kind} "${ref.name}" already.`, "Choose another name.");
    if (digest !== null && found && digestOf(found.source) !== digest)
      throw new Refusal("conflict", `${found.file} was changed since it was opened.`, "Look at what changed, then save again.");
    if (digest !== null && !found) throw new Refusal("not-found", `${ref.name} was deleted.`, "Save again to write it anew.");
    const saved = this.shelf.put(ref.kind, ref.name, source);
    setTimeout(this.#changed);
    return sourceOf(saved);
  }

  readonly handlers: FakeHandlers<ManifestsMethod> = {
    "manifests.files": ({ workspace }) => ({
      files: this.shelf.all(workspace).map((manifest) => this.#listed(manifest)),
      elsewhere: [],
    }),
    "manifests.choices": () => ({ providers: ["claude", "codex", "shell"], skills: ["handbook-style", "release-notes"] }),
    "manifests.read": (ref) => sourceOf(this.#found(ref)),
    "manifests.check": ({ source, ...ref }) => this.#check(ref, source),
    "manifests.save": ({ source, digest, ...ref }) => this.#save(ref, source, digest),
    "manifests.edit": ({ source, changes, body }) => {
      const edited = editManifest(source, changes as never, body);
      if (!edited.ok) throw new Refusal("manifest-invalid", edited.problems[0]?.message ?? "", "Put it right in the source first.");
      return { source: edited.value };
    },
    "manifests.parse": ({ source }) => readManifestData(source),
    "manifests.delete": (ref) => {
      this.#found(ref);
      this.shelf.remove(ref.kind, ref.name);
      setTimeout(this.#changed);
      return {};
    },
    "manifests.templates": () => templates.map((each) => ({ ...each })),
    "manifests.schema": ({ kind }) => editorSchema(kind) as never,
  };
}
