import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ManifestsView, TopicPayload } from "#common/ipc/contract.ts";
import type { AppHandlers, TerminalHandlers, TopicBus } from "../ipc/handlers.ts";
import type { BundleLink } from "../sidecars/bundle-link.ts";
import { createAuditHandlers } from "./audit-handlers.ts";
import type { BottleBoard } from "./bottle-board.ts";
import { egressHandlers } from "./egress-handlers.ts";
import { engineStatus } from "./engine-watch.ts";
import { gitHandlers } from "./git-handlers.ts";
import type { GitTopics } from "./git-topics.ts";
import type { ManifestHandlers } from "./manifest-handlers.ts";
import { proposalHandlers } from "./proposal-handlers.ts";
import { requireReachable } from "./require-reachable.ts";
import type { SecretHandlers } from "./secret-handlers.ts";
import type { Services } from "./services.ts";
import { workspaceHandlers } from "./workspace-handlers.ts";

export interface HandlerDeps {
  readonly services: Services;
  readonly board: BottleBoard;
  readonly bus: TopicBus;
  readonly gitTopics: Pick<GitTopics, "refresh">;
  readonly terminals: TerminalHandlers;
  readonly secrets: SecretHandlers;
  readonly manifests: ManifestHandlers;
  listManifests(workspace: string | null): Promise<ManifestsView>;
}

const CONNECT_MS = 10_000;
const PREFLIGHT_MS = 20_000;

/** Every method a window may call, each a few steps over the services. */
export function createHandlers(deps: HandlerDeps): AppHandlers {
  return {
    ...bottleHandlers(deps),
    ...watchHandlers(deps),
    ...proposalHandlers(deps.services),
    ...createAuditHandlers(deps.services),
    ...egressHandlers(deps.services),
    ...gitHandlers(deps.services, deps.gitTopics),
    ...workspaceHandlers({ bringBack: deps.services.bringBack, bus: deps.bus, now: () => performance.now() }),
    ...deps.terminals,
    ...deps.secrets,
    ...deps.manifests,
  };
}

type BottleMethods = Extract<keyof AppHandlers, `bottles.${string}`>;

function bottleHandlers({ services, board, bus }: HandlerDeps): Pick<AppHandlers, BottleMethods> {
  return {
    "bottles.list": () => board.summaries(),
    "bottles.preflight": (request) => services.starter.preflight(request, AbortSignal.timeout(PREFLIGHT_MS)),
    "bottles.start": async (request) => {
      const start = await services.starter.begin(request, (slug, steps) => {
        board.steps(slug, steps);
        bus.publish("start", { slug, steps: [...steps] });
      });
      board.adopt(start);
      start.finished.catch((error: unknown) => tellCancelled(bus, start.slug, error));
      await board.publish();
      return { slug: start.slug };
    },
    "bottles.cancel-start": async ({ slug }) => {
      const start = board.start(slug);
      if (start === null)
        throw new OperatorError("not-permitted", { message: `${slug} is not being started by this panel`, hint: "Stop it instead" });
      start.cancel();
      return {};
    },
    "bottles.stop": async ({ slug }) => {
      await services.stopper.stop(slug);
      await board.refresh();
      return {};
    },
    "bottles.remove": async ({ slug }) => {
      if (!board.dismiss(slug)) await services.stopper.remove(slug);
      await board.refresh();
      return {};
    },
  };
}

/** A start that was cancelled leaves no row in the list, so it is said that it is over. */
function tellCancelled(bus: TopicBus, slug: Slug, error: unknown): void {
  if (!(error instanceof OperatorError) || error.code !== "cancelled") return;
  bus.publish("notice", { tone: "info", text: `The start of ${slug} was cancelled. Nothing of it is left.` });
}

type WatchMethods = "engine.status" | "manifests.list" | "routes.get" | "health.get" | "sidecars.restart";

function watchHandlers({ services, board, listManifests }: HandlerDeps): Pick<AppHandlers, WatchMethods> {
  return {
    "engine.status": () => engineStatus(services.deps.backend),
    "manifests.list": ({ workspace }) => listManifests(workspace),
    "routes.get": async ({ slug }) => ({ table: await liveTable(services, slug), counts: (await board.traffic(slug)).counts() }),
    "health.get": async ({ slug }) => healthOf(slug, services.links.peek(slug)),
    "sidecars.restart": async ({ slug, daemon }) => {
      await requireReachable(services, slug);
      await (await services.links.get(slug).connected(CONNECT_MS)).restart(daemon);
      return {};
    },
  };
}

/** The routes that are live, or the last that were known to be. */
export async function liveTable(services: Services, slug: Slug) {
  const known = services.links.peek(slug)?.view?.table;
  if (known !== undefined) return known;
  await requireReachable(services, slug);
  const client = await services.links.get(slug).connected(CONNECT_MS);
  return services.links.peek(slug)?.view?.table ?? client.snapshot.table;
}

export function healthOf(slug: Slug, link: BundleLink | null): TopicPayload<"health"> {
  return {
    slug,
    daemons: [...(link?.view?.health ?? [])],
    missingSecrets: [...(link?.view?.missingSecrets ?? [])],
    link: link?.state ?? "lost",
  };
}
