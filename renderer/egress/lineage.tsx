import type { Route } from "#common/domain/route.ts";
import { hrefOf, manifestView } from "../app/location.ts";
import { originWords } from "./route-words.ts";

const link = "text-dim underline decoration-line underline-offset-2 hover:text-text hover:decoration-current";

/** Where a route came from, leading there: the manifest, the proposal that was approved, the audit log of the operator's edits. */
export function Lineage({ slug, route }: { slug: string; route: Pick<Route, "origin"> }) {
  const { origin } = route;
  const words = originWords(route);
  if (origin.kind === "provider") return <span>{words}</span>;
  const href = {
    manifest: () => (origin.kind === "manifest" ? hrefOf(manifestView("bottle", origin.bottle)) : ""),
    proposal: () => (origin.kind === "proposal" ? hrefOf({ name: "inbox", id: origin.proposalId }) : ""),
    operator: () => hrefOf({ name: "audit", slug }),
  }[origin.kind]();
  return (
    <a href={href} className={link}>
      {words}
    </a>
  );
}
