import type { ManifestDraft } from "../manifests/load-manifests.ts";
import { ManifestLoader } from "../manifests/load-manifests.ts";
import type { ManifestSet } from "../manifests/manifest-set.ts";
import type { HomePaths } from "../platform/home.ts";
import { loadPlugins } from "../providers/plugins/load-plugins.ts";
import type { AgentImage } from "../providers/provider.ts";
import type { ProviderRegistry } from "../providers/provider-registry.ts";
import { builtInProviders } from "../providers/provider-registry.ts";

/** What the operator declared: manifests, and the providers that they may name. */
export interface Declared {
  readonly manifests: ManifestSet;
  readonly providers: ProviderRegistry;
  /** Images that plugins build, by their providers' names. */
  readonly pluginImages: ReadonlyMap<string, AgentImage>;
}

export interface Declarations {
  /** With `draft`, as it would be if that were saved. */
  load(workspace: string | null, draft?: ManifestDraft): Promise<Declared>;
}

/** As it is on disk at each call. A broken plugin is among the manifests' problems, and no bottle can name it (PRV-6, MAN-9). */
export function createDeclarations(home: HomePaths): Declarations {
  const loader = new ManifestLoader(home);
  return {
    load: async (workspace, draft) => {
      const { providers, images, problems } = await loadPlugins(home.contrib, builtInProviders);
      const sources = { workspace, providers: [...providers.keys()], providerProblems: problems };
      return { providers, pluginImages: images, manifests: await loader.load(sources, draft ?? null) };
    },
  };
}
