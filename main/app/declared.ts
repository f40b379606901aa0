import { loadManifests } from "../manifests/load-manifests.ts";
import type { ManifestSet } from "../manifests/manifest-set.ts";
import type { HomePaths } from "../platform/home.ts";
import { loadPlugins } from "../providers/plugins/load-plugins.ts";
import type { ProviderRegistry } from "../providers/provider-registry.ts";
import { builtInProviders } from "../providers/provider-registry.ts";

/** What the operator declared: manifests, and the providers that they may name. */
export interface Declared {
  readonly manifests: ManifestSet;
  readonly providers: ProviderRegistry;
}

/** As it is on disk now. A broken plugin is among the manifests' problems, and no bottle can name it (PRV-6, MAN-9). */
export async function loadDeclared(home: HomePaths, workspace: string | null): Promise<Declared> {
  const { providers, problems } = await loadPlugins(home.contrib, builtInProviders);
  const names = [...providers.keys()];
  return { providers, manifests: await loadManifests({ home, workspace, providers: names, providerProblems: problems }) };
}
