import type { BottleSummary } from "#common/domain/bottle.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { ManifestKind } from "#common/ipc/manifest-methods.ts";
import type { View } from "../app/location.ts";
import { bottleView, manifestView } from "../app/location.ts";
import { groupBottles, railOrder, statusWord } from "../bottles/grouping.ts";
import type { Theme } from "../settings/preferences.ts";

export type CommandEffect =
  | { do: "go"; view: View }
  | { do: "start"; agent: string | null }
  | { do: "stop"; slug: string }
  | { do: "edit-routes"; slug: string }
  | { do: "theme"; theme: Theme }
  | { do: "inspector" }
  | { do: "help" };

export interface Command {
  id: string;
  label: string;
  /** What kind of thing it leads to, shown at the right. */
  detail: string;
  effect: CommandEffect;
}

export interface CommandGroup {
  value: string;
  items: Command[];
}

const places: Command[] = [
  { id: "inbox", label: "Inbox", detail: "view", effect: { do: "go", view: { name: "inbox", id: null } } },
  { id: "routes", label: "Routes of all bottles", detail: "view", effect: { do: "go", view: { name: "routes" } } },
  { id: "rules", label: "Rules that decide proposals", detail: "view", effect: { do: "go", view: { name: "rules" } } },
  { id: "audit", label: "Audit log", detail: "view", effect: { do: "go", view: { name: "audit", slug: null } } },
  { id: "manifests", label: "Manifests and their errors", detail: "view", effect: { do: "go", view: { name: "manifests" } } },
  { id: "secrets", label: "Secrets: store, replace, remove", detail: "view", effect: { do: "go", view: { name: "secrets" } } },
  { id: "settings", label: "Settings", detail: "view", effect: { do: "go", view: { name: "settings" } } },
];

const window: Command[] = [
  { id: "theme-dark", label: "Theme: dark", detail: "appearance", effect: { do: "theme", theme: "dark" } },
  { id: "theme-light", label: "Theme: light", detail: "appearance", effect: { do: "theme", theme: "light" } },
  { id: "theme-system", label: "Theme: as the system", detail: "appearance", effect: { do: "theme", theme: "system" } },
  { id: "inspector", label: "Show or hide the inspector", detail: "I", effect: { do: "inspector" } },
  { id: "help", label: "Keyboard shortcuts", detail: "?", effect: { do: "help" } },
];

function jump(bottle: BottleSummary, tab: "terminal" | "egress" | "changes"): Command {
  const labels = { terminal: bottle.slug, egress: `Egress of ${bottle.slug}`, changes: `Changes of ${bottle.slug}` };
  return {
    id: `${tab} ${bottle.slug}`,
    label: labels[tab],
    detail: statusWord(bottle),
    effect: { do: "go", view: bottleView(bottle.slug, tab) },
  };
}

function manifestCommands({ agents, bottles }: Pick<MethodOutput<"manifests.list">, "agents" | "bottles">): Command[] {
  const create = (kind: ManifestKind): Command => ({
    id: `new ${kind}`,
    label: `New ${kind}…`,
    detail: "from a template",
    effect: { do: "go", view: { name: "manifests", create: kind } },
  });
  const edit = (kind: ManifestKind, name: string): Command => ({
    id: `edit ${kind} ${name}`,
    label: `Edit ${kind} ${name}`,
    detail: "manifest",
    effect: { do: "go", view: manifestView(kind, name) },
  });
  const home = agents.filter(({ source }) => source === "home");
  return [
    create("bottle"),
    create("agent"),
    ...bottles.map(({ name }) => edit("bottle", name)),
    ...home.map(({ name }) => edit("agent", name)),
  ];
}

/** Everything the palette can do now, best guesses first. */
export function commandGroups(
  bottles: readonly BottleSummary[],
  manifests: Pick<MethodOutput<"manifests.list">, "agents" | "bottles">,
): CommandGroup[] {
  const { agents } = manifests;
  const ordered = railOrder(groupBottles(bottles));
  const stoppable = ordered.filter((bottle) => bottle.state === "running");
  const groups: CommandGroup[] = [
    { value: "Bottles", items: ordered.map((bottle) => jump(bottle, "terminal")) },
    {
      value: "Start",
      items: [
        { id: "start", label: "Start an agent…", detail: "N", effect: { do: "start", agent: null } },
        ...agents.map(
          (agent): Command => ({
            id: `start ${agent.name}`,
            label: `Start ${agent.name}…`,
            detail: `bottle ${agent.bottle}`,
            effect: { do: "start", agent: agent.name },
          }),
        ),
      ],
    },
    { value: "Go to", items: places },
    { value: "Manifests", items: manifestCommands(manifests) },
    { value: "Egress", items: ordered.map((bottle) => jump(bottle, "egress")) },
    { value: "Changes", items: ordered.filter(({ workspace }) => workspace !== null).map((bottle) => jump(bottle, "changes")) },
    {
      value: "Routes",
      items: stoppable.map(
        (bottle): Command => ({
          id: `routes ${bottle.slug}`,
          label: `Edit routes of ${bottle.slug}…`,
          detail: "operator edit",
          effect: { do: "edit-routes", slug: bottle.slug },
        }),
      ),
    },
    {
      value: "Stop",
      items: stoppable.map(
        (bottle): Command => ({
          id: `stop ${bottle.slug}`,
          label: `Stop ${bottle.slug}`,
          detail: "ends the agent",
          effect: { do: "stop", slug: bottle.slug },
        }),
      ),
    },
    { value: "This window", items: window },
  ];
  return groups.filter((group) => group.items.length > 0);
}
