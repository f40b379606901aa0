import type { RouteTable } from "#common/domain/route.ts";
import { withDeadline } from "../platform/deadline.ts";
import type { BundleLink } from "./bundle-link.ts";

/** The live table once news of that revision, or of a later one, has come; null where it does not come in time. */
export async function tableAt(link: BundleLink, revision: number, ms: number): Promise<RouteTable | null> {
  const come = Promise.withResolvers<RouteTable>();
  const look = () => {
    const table = link.view?.table;
    if (table !== undefined && table.revision >= revision) come.resolve(table);
  };
  using _changes = link.changed.subscribe(look);
  look();
  return await withDeadline(come.promise, ms, () => new Error("no news")).catch(() => null);
}
