import { join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { EffectiveValue, ManifestCheck, ManifestFiles, ManifestSource, ManifestTemplate } from "#common/ipc/manifest-methods.ts";
import type { Declared as Drafted } from "../manifests/check-draft.ts";
import { checkDraft, effectiveOf } from "../manifests/check-draft.ts";
import type { FollowedWorkspaces } from "../manifests/followed-workspaces.ts";
import { listSkills } from "../manifests/list-skills.ts";
import { manifestFiles, usersOf } from "../manifests/manifest-files.ts";
import type { ManifestRef } from "../manifests/manifest-place.ts";
import { placeOf } from "../manifests/manifest-place.ts";
import { offerTemplates } from "../manifests/offer-templates.ts";
import { deleteManifest, saveManifest } from "../manifests/save-manifest.ts";
import { readStoredManifest } from "../manifests/stored-manifest.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Declarations, Declared } from "./declared.ts";
import { routesOfProvider } from "./provider-routes.ts";

export interface ManifestDeskDeps {
  readonly home: HomePaths;
  readonly userHome: string;
  readonly declarations: Declarations;
  /** Those that are looked at are watched. */
  readonly workspaces: FollowedWorkspaces;
}

/** What panel and command line do with manifests: look at them, check drafts, write. */
export class ManifestDesk {
  readonly #deps: ManifestDeskDeps;

  constructor(deps: ManifestDeskDeps) {
    this.#deps = deps;
  }

  async files(workspace: string | null): Promise<ManifestFiles> {
    const { declarations, home, workspaces } = this.#deps;
    workspaces.follow(workspace);
    return manifestFiles((await declarations.load(workspace)).manifests, home, workspace);
  }

  read(ref: ManifestRef): Promise<ManifestSource> {
    return readStoredManifest(this.#deps.home, ref);
  }

  /** What `source` would be in the place of the file; nothing is written. */
  async check(ref: ManifestRef, source: string): Promise<ManifestCheck> {
    const { declarations, home } = this.#deps;
    const { file } = placeOf(home, ref);
    const saved = await declarations.load(ref.workspace);
    const drafted = await declarations.load(ref.workspace, { file, name: ref.name, source });
    return checkDraft(file, saved.manifests, withProviderRoutes(drafted));
  }

  /** Every effective value of a manifest on disk with where it comes from; none where it cannot be used. */
  async effective(ref: ManifestRef): Promise<EffectiveValue[]> {
    const { declarations, home } = this.#deps;
    return effectiveOf(placeOf(home, ref).file, withProviderRoutes(await declarations.load(ref.workspace)));
  }

  async save(ref: ManifestRef, source: string, digest: string | null): Promise<ManifestSource> {
    await saveManifest(this.#deps.home, ref, source, digest);
    return this.read(ref);
  }

  async remove(ref: ManifestRef, digest: string): Promise<void> {
    await this.#refuseIfUsed(ref);
    await deleteManifest(this.#deps.home, ref, digest);
  }

  async templates(): Promise<ManifestTemplate[]> {
    const { manifests, providers } = await this.#deps.declarations.load(null);
    return offerTemplates(manifests, providers.keys());
  }

  /** Names that a manifest may use besides those of bottles. */
  async choices(): Promise<{ providers: string[]; skills: string[] }> {
    const { declarations, home, userHome } = this.#deps;
    const { providers } = await declarations.load(null);
    return { providers: [...providers.keys()].sort(), skills: await listSkills([home.skills, join(userHome, ".claude", "skills")]) };
  }

  /** Deleting a bottle that others name would break them all. */
  async #refuseIfUsed({ kind, name }: ManifestRef): Promise<void> {
    if (kind !== "bottle") return;
    const { manifests } = await this.#deps.declarations.load(null);
    const { bottles, agents } = usersOf(manifests).get(name) ?? { bottles: [], agents: [] };
    const users = [...bottles.map((each) => `the bottle ${each} extends it`), ...agents.map((each) => `the agent ${each} runs in it`)];
    if (users.length === 0) return;
    throw new OperatorError("not-permitted", {
      message: `The bottle ${name} is needed: ${users.join(", ")}`,
      hint: "Let them name another bottle first, or delete them",
    });
  }
}

function withProviderRoutes({ manifests, providers }: Declared): Drafted {
  return { manifests, providerRoutes: (settings) => routesOfProvider(providers, settings) };
}
