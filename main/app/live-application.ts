import { decisionsOf } from "../egress/traffic.ts";
import type { TopicBus } from "../ipc/handlers.ts";
import type { LinkNews } from "../sidecars/link-pool.ts";
import type { Application } from "./application.ts";
import { BottleBoard } from "./bottle-board.ts";
import { engineStatus } from "./engine-watch.ts";
import { GitTopics } from "./git-topics.ts";
import type { HandlerDeps } from "./handlers.ts";
import { createHandlers, healthOf } from "./handlers.ts";
import { ProposalTopics } from "./proposal-topics.ts";
import type { Services } from "./services.ts";
import { watchState } from "./state-watch.ts";

export interface LiveDeps extends Pick<HandlerDeps, "terminals" | "secrets" | "listManifests" | "manifests" | "bus"> {
  readonly services: Services;
  /** Calls back when manifests change on disk. */
  watchManifests(onChange: () => void): Disposable | AsyncDisposable;
  /** Tells by topic what changes in the secret store. */
  watchSecrets(): Promise<Disposable>;
}

/**
 * Handlers that answer and topics that tell at once what changed, whoever changed it: engine events and the state folder for
 * what exists, each bundle's own events for what happens in it (SID-3).
 */
export async function startApplication(deps: LiveDeps): Promise<Application> {
  const { services, bus } = deps;
  const { logger } = services.deps;
  await using stack = new AsyncDisposableStack();
  stack.use(services);
  const board = new BottleBoard(services, (bottles) => bus.publish("bottles", [...bottles]));
  const git = new GitTopics(services, bus);
  const background = (task: Promise<unknown>) => void task.catch((error: unknown) => logger.log("error", "background-failed", { error }));
  const proposals = stack.use(new ProposalTopics(services, bus));
  const refresh = () => background(refreshAll(board, proposals, git));

  stack.use(services.links.changed.subscribe((news) => background(publishLinkNews(board, bus, news))));
  stack.use(services.links.events.subscribe(({ slug, events }) => background(publishDecisions(board, bus, slug, events))));
  stack.use(services.links.changed.subscribe((news) => background(proposals.takeNews(news))));
  stack.use(services.links.events.subscribe(({ slug, events }) => proposals.takeEvents(slug, events)));
  stack.use(await proposals.watchRules());
  stack.use(services.links.changed.subscribe((news) => background(git.takeNews(news))));
  stack.use(services.links.events.subscribe(({ slug, events }) => background(git.takeEvents(slug, events))));
  stack.use(
    services.deps.backend.watch(
      (slug) => {
        services.links.peek(slug)?.nudge();
        refresh();
      },
      () => {
        for (const link of services.links.all()) link.nudge();
        refresh();
        background(engineStatus(services.deps.backend).then((status) => bus.publish("engine", status)));
      },
    ),
  );
  stack.use(await watchState(services.deps.home, logger, refresh));
  stack.use(deps.watchManifests(() => bus.publish("manifests", {})));
  stack.use(await deps.watchSecrets());
  refresh();

  const running = stack.move();
  return { handlers: createHandlers({ ...deps, board, gitTopics: git }), bus, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A bottle that went took its proposals and held pushes with it, so they are told anew too. */
async function refreshAll(board: BottleBoard, proposals: ProposalTopics, git: GitTopics): Promise<void> {
  await board.refresh();
  await proposals.refresh();
  await git.refresh();
}

async function publishLinkNews(board: BottleBoard, bus: TopicBus, { link, parts }: LinkNews): Promise<void> {
  if (parts.has("table") && link.view !== null) bus.publish("routes", { slug: link.slug, table: link.view.table });
  if (parts.has("cuts") && link.view !== null) bus.publish("cuts", { slug: link.slug, cuts: link.view.cuts });
  if (parts.has("health") || parts.has("link")) bus.publish("health", healthOf(link.slug, link));
  if (parts.has("proposals") || parts.has("pushes") || parts.has("link")) await board.publish();
}

type Events = Parameters<Parameters<Services["links"]["events"]["subscribe"]>[0]>[0];

async function publishDecisions(board: BottleBoard, bus: TopicBus, slug: Events["slug"], events: Events["events"]): Promise<void> {
  const decisions = decisionsOf(events);
  if (decisions.length === 0) return;
  bus.publish("decisions", { slug, decisions });
  (await board.traffic(slug)).add(events);
  await board.publish();
}
