import type { Slug } from "#common/domain/names.ts";
import type { AppHandlers } from "../ipc/handlers.ts";
import { requireReachable } from "./require-reachable.ts";
import type { Services } from "./services.ts";

export type ProposalHandlers = Pick<
  AppHandlers,
  Extract<keyof AppHandlers, `proposals.${string}` | `rules.${string}`> | "routes.preview" | "routes.set"
>;

/** What windows do with proposals, rules and routes. */
export function proposalHandlers(services: Services): ProposalHandlers {
  const { inbox, links, routes, snoozes, rules } = services;
  // A link that is there already says for itself whether it is alive; a new one to nothing would be tried for ever.
  const reach = async (slug: Slug) => (links.peek(slug) === null ? requireReachable(services, slug) : undefined);
  return {
    "proposals.list": () => inbox.list(),
    "proposals.view": ({ id, edit, scope }) => inbox.view(id, edit, scope),
    "proposals.approve": ({ edit, scope, writeBack, ...basis }) => inbox.approve(basis, edit, { scope, writeBack }),
    "proposals.cancel": async ({ id }) => {
      inbox.applying.cancel(id);
      return {};
    },
    "proposals.reject": (basis) => inbox.reject(basis),
    "proposals.reject-many": ({ items }) => inbox.rejectMany(items),
    "proposals.snooze": async ({ ids, until }) => {
      await snoozes.set(ids, until);
      return {};
    },
    "proposals.snoozed": async () => snoozes.list(),
    "proposals.applying": async () => inbox.applying.list(),
    "rules.list": () => rules.list(),
    "rules.save": ({ rules: wanted, seen }) => rules.save(wanted, seen),
    "routes.preview": async (edit) => {
      await reach(edit.slug);
      return routes.preview(edit);
    },
    "routes.set": async ({ seenRevision, note, ...edit }) => {
      await reach(edit.slug);
      return routes.set(edit, seenRevision, note);
    },
  };
}
