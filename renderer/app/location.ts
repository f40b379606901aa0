import { useSyncExternalStore } from "react";
import type { ManifestKind } from "#common/ipc/manifest-methods.ts";

export const bottleTabs = ["terminal", "egress", "proposals", "git", "changes", "info"] as const;
export type BottleTab = (typeof bottleTabs)[number];

/** What the main area shows. It is the address, so back and forward work and every number can be a link. */
export type View =
  | { name: "home" }
  | { name: "inbox"; id: string | null }
  | { name: "routes" }
  | { name: "rules" }
  | { name: "audit"; slug: string | null }
  | { name: "manifests"; create?: ManifestKind; workspace?: string }
  | { name: "manifest"; kind: ManifestKind; manifest: string; workspace: string | null; line: number | null }
  | { name: "secrets" }
  | { name: "settings" }
  | { name: "bottle"; slug: string; tab: BottleTab; filter: string };

function isTab(text: string | undefined): text is BottleTab {
  return bottleTabs.some((tab) => tab === text);
}

/** The part of a link that may be anything; a broken escape is no reason to show nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function manifestAt(kind: string | undefined, manifest: string | undefined, query: string): View {
  const facts = new URLSearchParams(query);
  const workspace = facts.get("workspace");
  const create = facts.get("new");
  if ((kind !== "bottle" && kind !== "agent") || !manifest)
    return {
      name: "manifests",
      ...(create === "bottle" || create === "agent" ? { create } : {}),
      ...(workspace ? { workspace } : {}),
    };
  return {
    name: "manifest",
    kind,
    manifest,
    workspace,
    line: Number.parseInt(facts.get("line") ?? "", 10) || null,
  };
}

export function parseLocation(hash: string): View {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name, first, second] = path.split("/").map(decoded);
  if (name === "inbox") return { name, id: first || null };
  if (name === "audit") return { name, slug: first || null };
  if (name === "manifests") return manifestAt(first, second, query);
  if (name === "routes" || name === "rules" || name === "secrets" || name === "settings") return { name };
  if (name === "bottle" && first)
    return { name, slug: first, tab: isTab(second) ? second : "terminal", filter: new URLSearchParams(query).get("filter") ?? "" };
  return { name: "home" };
}

function bottleHref(view: Extract<View, { name: "bottle" }>): string {
  const query = view.filter ? `?${new URLSearchParams({ filter: view.filter })}` : "";
  return `#/bottle/${encodeURIComponent(view.slug)}/${view.tab}${query}`;
}

function listHref({ create, workspace }: Extract<View, { name: "manifests" }>): string {
  const facts = new URLSearchParams({ ...(create ? { new: create } : {}), ...(workspace ? { workspace } : {}) });
  return `#/manifests${facts.size > 0 ? `?${facts}` : ""}`;
}

function manifestHref({ kind, manifest, workspace, line }: Extract<View, { name: "manifest" }>): string {
  const facts = new URLSearchParams({ ...(workspace === null ? {} : { workspace }), ...(line === null ? {} : { line: String(line) }) });
  return `#/manifests/${kind}/${encodeURIComponent(manifest)}${facts.size > 0 ? `?${facts}` : ""}`;
}

export function hrefOf(view: View): string {
  switch (view.name) {
    case "home":
      return "#/";
    case "inbox":
      return view.id ? `#/inbox/${encodeURIComponent(view.id)}` : "#/inbox";
    case "audit":
      return view.slug ? `#/audit/${encodeURIComponent(view.slug)}` : "#/audit";
    case "bottle":
      return bottleHref(view);
    case "manifest":
      return manifestHref(view);
    case "manifests":
      return listHref(view);
    default:
      return `#/${view.name}`;
  }
}

export function bottleView(slug: string, tab: BottleTab = "terminal", filter = ""): View {
  return { name: "bottle", slug, tab, filter };
}

export function manifestView(kind: ManifestKind, manifest: string, workspace: string | null = null, line: number | null = null): View {
  return { name: "manifest", kind, manifest, workspace, line };
}

export function go(view: View): void {
  window.location.hash = hrefOf(view);
}

/** Shows another view in place of this one, without a step back to it. */
export function replaceView(view: View): void {
  window.history.replaceState(null, "", hrefOf(view));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function useView(): View {
  return parseLocation(useSyncExternalStore(subscribe, () => window.location.hash));
}
