import type { AppHandlers } from "../ipc/handlers.ts";
import type { Services } from "./services.ts";

export type ProposalHandlers = Pick<
  AppHandlers,
  Extract<keyof AppHandlers, `proposals.${string}` | `rules.${string}`> | "routes.preview" | "routes.set"
>;

/** What windows do with proposals, rules and routes. */
export function proposalHandlers({ inbox, routes, snoozes, rules }: Services): ProposalHandlers {
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
    "routes.preview": (edit) => routes.preview(edit),
    "routes.set": ({ seenRevision, note, ...edit }) => routes.set(edit, seenRevision, note),
  };
}
