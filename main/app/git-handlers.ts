import type { AppHandlers } from "../ipc/handlers.ts";
import type { GitTopics } from "./git-topics.ts";
import { requireReachable } from "./require-reachable.ts";
import type { Services } from "./services.ts";

const CONNECT_MS = 10_000;

type GitMethods = Extract<keyof AppHandlers, `git.${string}` | `pushes.${string}`>;

/** The gates of all bottles: what they serve, what was pushed, and what waits for the operator (GIT-6). */
export function gitHandlers(services: Services, topics: Pick<GitTopics, "refresh">): Pick<AppHandlers, GitMethods> {
  const { pushes, pushRecords, links } = services;
  return {
    "git.get": async ({ slug, limit }) => {
      const link = links.peek(slug);
      await link?.kept();
      return { repos: [...(link?.view?.repos ?? [])], pushes: (await pushRecords.history(slug)).slice(0, limit) };
    },
    "git.refresh": async ({ slug, repo }) => {
      await requireReachable(services, slug);
      await (await links.get(slug).connected(CONNECT_MS)).request({ type: "refresh-repo", repo });
      return {};
    },
    "pushes.list": () => pushes.list(),
    "pushes.view": ({ id }) => pushes.view(id),
    "pushes.forward": ({ allowedFindings, ...basis }) => pushes.forward(basis, allowedFindings),
    "pushes.refuse": (basis) => pushes.refuse(basis),
    "pushes.refusals": () => pushRecords.refusals(),
    "pushes.dismiss": async ({ ids }) => {
      await pushRecords.dismiss(ids);
      // By the same way as everything else that is told of them: a list that was read before must not be told after.
      await topics.refresh();
      return {};
    },
  };
}
