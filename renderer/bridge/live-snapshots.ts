import type { QueryClient } from "@tanstack/react-query";
import type { TopicPayload } from "#common/ipc/contract.ts";
import type { NumberedDecision, RouteView } from "../egress/decision-log.ts";
import { appendDecisions, countDecisions } from "../egress/decision-log.ts";
import { listen } from "./bridge.ts";
import { callKey } from "./use-call.ts";

type DecisionsEvent = TopicPayload<"decisions">;

/** How many decisions of one bottle a window keeps. */
export const DECISIONS_KEPT = 5000;

export function recentDecisionsKey(slug: string) {
  return callKey("decisions.recent", { slug, limit: DECISIONS_KEPT });
}

function takeDecisions(client: QueryClient, event: DecisionsEvent): void {
  const known = client.getQueryData<NumberedDecision[]>(recentDecisionsKey(event.slug));
  if (!known) void client.invalidateQueries({ queryKey: recentDecisionsKey(event.slug) });
  else client.setQueryData(recentDecisionsKey(event.slug), appendDecisions(known, event.decisions, DECISIONS_KEPT));
  client.setQueryData<RouteView>(callKey("routes.get", { slug: event.slug }), (view) =>
    view ? countDecisions(view, event.decisions) : view,
  );
}

function takeRoutes(client: QueryClient, event: TopicPayload<"routes">): void {
  client.setQueryData<RouteView>(callKey("routes.get", { slug: event.slug }), (view) => (view ? { ...view, table: event.table } : view));
  if (!client.getQueryData(callKey("routes.get", { slug: event.slug })))
    void client.invalidateQueries({ queryKey: ["routes.get", { slug: event.slug }] });
  void client.invalidateQueries({ queryKey: ["proposals.view"] });
}

function stateOf(bottles: TopicPayload<"bottles"> | undefined): string {
  return (bottles ?? []).map(({ slug, state, link }) => `${slug} ${state} ${link}`).join("\n");
}

/** A bottle that changed its state may now answer what it could not before, and has something new in the audit log. */
function takeBottles(client: QueryClient, bottles: TopicPayload<"bottles">): void {
  const changed = stateOf(client.getQueryData(callKey("bottles.list", {}))) !== stateOf(bottles);
  client.setQueryData(callKey("bottles.list", {}), bottles);
  if (!changed) return;
  void client.invalidateQueries({ predicate: (query) => query.state.status === "error" });
  void client.invalidateQueries({ queryKey: ["audit.list"] });
  void client.invalidateQueries({ queryKey: ["proposals.view"] });
}

function takeSteps(client: QueryClient, event: TopicPayload<"start">): void {
  client.setQueryData<TopicPayload<"bottles">>(callKey("bottles.list", {}), (bottles) =>
    bottles?.map((bottle) => (bottle.slug === event.slug ? { ...bottle, steps: event.steps } : bottle)),
  );
}

function takeProposals(client: QueryClient, proposals: TopicPayload<"proposals">): void {
  client.setQueryData(callKey("proposals.list", {}), proposals);
  void client.invalidateQueries({ queryKey: ["proposals.view"] });
  void client.invalidateQueries({ queryKey: ["audit.list"] });
}

function takeManifests(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ["manifests.list"] });
  void client.invalidateQueries({ queryKey: ["bottles.preflight"] });
}

/** Keeps every snapshot the window holds equal to what main pushes; returns how to stop. */
export function followTopics(client: QueryClient): () => void {
  const stops = [
    listen("engine", (engine) => {
      client.setQueryData(callKey("engine.status", {}), engine);
      void client.invalidateQueries({ queryKey: ["bottles.preflight"] });
    }),
    listen("bottles", (bottles) => takeBottles(client, bottles)),
    listen("manifests", () => takeManifests(client)),
    listen("start", (event) => takeSteps(client, event)),
    listen("decisions", (event) => takeDecisions(client, event)),
    listen("routes", (event) => takeRoutes(client, event)),
    listen("health", (health) => client.setQueryData(callKey("health.get", { slug: health.slug }), health)),
    listen("proposals", (proposals) => takeProposals(client, proposals)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
