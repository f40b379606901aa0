import { join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import { editManifest, readManifestData } from "#common/manifest/edit/edit-manifest.ts";
import { editorSchema } from "#common/manifest/editor-schema.ts";
import type { Problem } from "#common/manifest/problem.ts";
import type { AppHandlers } from "../ipc/handlers.ts";
import { checkDraft } from "../manifests/check-draft.ts";
import type { FollowedWorkspaces } from "../manifests/followed-workspaces.ts";
import { listSkills } from "../manifests/list-skills.ts";
import { manifestFiles, usersOf } from "../manifests/manifest-files.ts";
import type { ManifestRef } from "../manifests/manifest-place.ts";
import { placeOf } from "../manifests/manifest-place.ts";
import { offerTemplates } from "../manifests/offer-templates.ts";
import { deleteManifest, saveManifest } from "../manifests/save-manifest.ts";
import { readStoredManifest } from "../manifests/stored-manifest.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Declarations } from "./declared.ts";
import { routesOfProvider } from "./provider-routes.ts";

export interface ManifestHandlerDeps {
  readonly home: HomePaths;
  readonly userHome: string;
  readonly declarations: Declarations;
  /** Those that are looked at are watched. */
  readonly workspaces: FollowedWorkspaces;
}

export type ManifestHandlers = Pick<AppHandlers, Exclude<Extract<keyof AppHandlers, `manifests.${string}`>, "manifests.list">>;

/** What the panel's editor of manifests calls; the command line uses the same steps. */
export function createManifestHandlers({ home, userHome, declarations, workspaces }: ManifestHandlerDeps): ManifestHandlers {
  const check = async (ref: ManifestRef, source: string) => {
    const { file } = placeOf(home, ref);
    const saved = await declarations.load(ref.workspace);
    const { manifests, providers } = await declarations.load(ref.workspace, { file, name: ref.name, source });
    return checkDraft(file, saved.manifests, { manifests, providerRoutes: (settings) => routesOfProvider(providers, settings) });
  };
  return {
    "manifests.files": async ({ workspace }) => {
      workspaces.follow(workspace);
      return manifestFiles((await declarations.load(workspace)).manifests, home, workspace);
    },
    "manifests.choices": async () => ({
      providers: [...(await declarations.load(null)).providers.keys()].sort(),
      skills: await listSkills([home.skills, join(userHome, ".claude", "skills")]),
    }),
    "manifests.read": (ref) => readStoredManifest(home, ref),
    "manifests.check": ({ source, ...ref }) => check(ref, source),
    "manifests.save": async ({ source, digest, ...ref }) => {
      await saveManifest(home, ref, source, digest);
      return readStoredManifest(home, ref);
    },
    "manifests.edit": async ({ source, changes, body }) => {
      const edited = editManifest(source, changes, body);
      if (!edited.ok) throw cannotEdit(edited.problems);
      return { source: edited.value };
    },
    "manifests.parse": async ({ source }) => readManifestData(source),
    "manifests.delete": async ({ digest, ...ref }) => {
      await refuseIfUsed(declarations, ref);
      await deleteManifest(home, ref, digest);
      return {};
    },
    "manifests.templates": async () => {
      const { manifests, providers } = await declarations.load(null);
      return offerTemplates(manifests, providers.keys());
    },
    "manifests.schema": async ({ kind }) => JSON.parse(JSON.stringify(editorSchema(kind))),
  };
}

function cannotEdit([first]: readonly Problem[]): OperatorError {
  const message = first === undefined ? "the text cannot be changed" : `line ${first.line}: ${first.message}`;
  return new OperatorError("manifest-invalid", { message, hint: "Put the text right first; the form then follows it" });
}

/** Deleting a bottle that others name would break them all. */
async function refuseIfUsed(declarations: Declarations, ref: ManifestRef): Promise<void> {
  if (ref.kind !== "bottle") return;
  const { bottles, agents } = usersOf((await declarations.load(null)).manifests).get(ref.name) ?? { bottles: [], agents: [] };
  const users = [...bottles.map((name) => `the bottle ${name} extends it`), ...agents.map((name) => `the agent ${name} runs in it`)];
  if (users.length === 0) return;
  throw new OperatorError("not-permitted", {
    message: `The bottle ${ref.name} is needed: ${users.join(", ")}`,
    hint: "Let them name another bottle first, or delete them",
  });
}
