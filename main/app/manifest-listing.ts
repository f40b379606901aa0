import type { ManifestsView } from "#common/ipc/contract.ts";
import type { ManifestSet } from "../manifests/manifest-set.ts";
import { manifestsView } from "../manifests/projections.ts";
import { Coalesced } from "../platform/coalesced.ts";

type Load = (workspace: string | null) => Promise<ManifestSet>;

/**
 * The manifests as the panel shows them. A hundred files that are saved at once are a hundred requests: those that come during
 * a read share the next one.
 */
export function createManifestListing(load: Load): (workspace: string | null) => Promise<ManifestsView> {
  let latest: ManifestsView | null = null;
  const reading = new Coalesced(async () => {
    latest = manifestsView(await load(null));
  });
  return async (workspace) => {
    if (workspace !== null) return manifestsView(await load(workspace));
    await reading.run();
    return latest as unknown as ManifestsView;
  };
}
