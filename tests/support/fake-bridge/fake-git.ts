import type { HeldPush, PushDecision } from "#common/domain/git.ts";
import type { MethodName, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { RefusedPush } from "#common/ipc/git-methods.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import * as sample from "./sample-git.ts";

type GitMethod = Extract<MethodName, `git.${string}` | `pushes.${string}`>;
type Publish = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void;

const BOTTLE = "api-refactor-k3v9q";

/** The git-gates of the fake: one bottle has repositories, a held push and a refused one. */
export function fakeGit(publish: Publish, isEmpty: () => boolean): FakeHandlers<GitMethod> {
  let held: HeldPush[] = [sample.held, sample.decided];
  let refusals: RefusedPush[] = [{ slug: BOTTLE, push: sample.refused }];
  const find = (id: string): HeldPush => {
    const found = held.find(({ push }) => push.id === id);
    if (!found) throw new Refusal("not-found", `No held push ${id}.`, "The inbox shows those that exist.");
    return found;
  };
  const decide = (id: string, verdict: PushDecision["verdict"], note: string, allowedFindings: string[]): HeldPush => {
    const decision: PushDecision = { verdict, decidedAt: new Date().toISOString(), by: "ada", note, allowedFindings };
    const decided: HeldPush = { ...find(id), status: verdict, decision };
    held = held.map((each) => (each.push.id === id ? decided : each));
    publish("pushes", held);
    return decided;
  };
  return {
    "git.get": ({ slug }) => (slug === BOTTLE ? { repos: sample.repos, pushes: sample.pushes } : { repos: [], pushes: [] }),
    "git.refresh": () => ({}),
    "pushes.list": () => (isEmpty() ? [] : held),
    "pushes.view": ({ id }) => sample.view(find(id)),
    "pushes.forward": ({ id, note, allowedFindings }) => decide(id, "forwarded", note, allowedFindings),
    "pushes.refuse": ({ id, note }) => decide(id, "refused", note, []),
    "pushes.refusals": () => (isEmpty() ? [] : refusals),
    "pushes.dismiss": ({ ids }) => {
      refusals = refusals.filter(({ push }) => !ids.includes(push.id));
      publish("refusals", refusals);
      return {};
    },
  };
}
