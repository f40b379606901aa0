import type { QueryClient } from "@tanstack/react-query";
import type { MethodOutput, TopicPayload } from "#common/ipc/contract.ts";
import type { NumberedDecision, RouteView } from "../egress/decision-log.ts";
import { appendDecisions, countDecisions } from "../egress/decision-log.ts";
import { listen } from "./bridge.ts";
import { callKey } from "./use-call.ts";

type DecisionsEvent = TopicPayload<"decisions">;

/** How many decisions of one bottle a window keeps. */
export const DECISIONS_KEPT = 5000;

/** How many pushes of one bottle a window keeps. */
export const PUSHES_KEPT = 500;

export function gateKey(slug: string) {
  return callKey("git.get", { slug, limit: PUSHES_KEPT });
}

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
  void client.invalidateQueries({ queryKey: ["audit.search"] });
  void client.invalidateQueries({ queryKey: ["proposals.view"] });
}

function takeSteps(client: QueryClient, event: TopicPayload<"start">): void {
  client.setQueryData<TopicPayload<"bottles">>(callKey("bottles.list", {}), (bottles) =>
    bottles?.map((bottle) => (bottle.slug === event.slug ? { ...bottle, steps: event.steps } : bottle)),
  );
}

/** The window has the list from its own call; told is only what changed in it, in any order. */
function takeProposals(client: QueryClient, { changed, gone }: TopicPayload<"proposal-changes">): void {
  const told = new Set([...gone, ...changed.map(({ id }) => id)]);
  const known = client.getQueryData<MethodOutput<"proposals.list">>(callKey("proposals.list", {}));
  if (!known) void client.invalidateQueries({ queryKey: ["proposals.list"] });
  else client.setQueryData(callKey("proposals.list", {}), [...changed, ...known.filter(({ id }) => !told.has(id))]);
  void client.invalidateQueries({ queryKey: ["proposals.view"] });
  void client.invalidateQueries({ queryKey: ["audit.search"] });
}

/** Of pushes and repositories the window keeps what it has asked for; a push that ended may also be one that was held. */
function takePush(client: QueryClient, { slug, push }: TopicPayload<"push">): void {
  client.setQueryData<MethodOutput<"git.get">>(gateKey(slug), (gate) =>
    gate ? { ...gate, pushes: [push, ...gate.pushes.filter(({ id }) => id !== push.id)].slice(0, PUSHES_KEPT) } : gate,
  );
}

function takeGit(client: QueryClient, { slug, repos }: TopicPayload<"git">): void {
  client.setQueryData<MethodOutput<"git.get">>(gateKey(slug), (gate) => (gate ? { ...gate, repos } : gate));
}

function takeHeldPushes(client: QueryClient, pushes: TopicPayload<"pushes">): void {
  client.setQueryData(callKey("pushes.list", {}), pushes);
  void client.invalidateQueries({ queryKey: ["pushes.view"] });
  void client.invalidateQueries({ queryKey: ["audit.search"] });
}

function takeManifests(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ["manifests.list"] });
  void client.invalidateQueries({ queryKey: ["manifests.files"] });
  void client.invalidateQueries({ queryKey: ["manifests.choices"] });
  void client.invalidateQueries({ queryKey: ["bottles.preflight"] });
}

/** A secret that can be had now may be all that stood in the way of a start. */
function takeSecrets(client: QueryClient, secrets: TopicPayload<"secrets">): void {
  client.setQueryData(callKey("secrets.list", {}), secrets);
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
    listen("secrets", (secrets) => takeSecrets(client, secrets)),
    listen("proposal-changes", (changes) => takeProposals(client, changes)),
    listen("snoozed", (snoozed) => client.setQueryData(callKey("proposals.snoozed", {}), snoozed)),
    listen("applying", (applying) => client.setQueryData(callKey("proposals.applying", {}), applying)),
    listen("rules", (rules) => client.setQueryData(callKey("rules.list", {}), rules)),
    listen("push", (event) => takePush(client, event)),
    listen("git", (event) => takeGit(client, event)),
    listen("pushes", (pushes) => takeHeldPushes(client, pushes)),
    listen("refusals", (refusals) => client.setQueryData(callKey("pushes.refusals", {}), refusals)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
