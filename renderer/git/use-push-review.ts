import { useState } from "react";
import type { HeldPush } from "#common/domain/git.ts";
import type { PushView } from "#common/ipc/git-methods.ts";
import { useAction, useCall } from "../bridge/use-call.ts";

export interface PushReview {
  view: PushView | undefined;
  error: Error | null;
  allowed: ReadonlySet<string>;
  toggle: (fingerprint: string) => void;
  /** Why it cannot be forwarded now. */
  obstacle: string | null;
  decide: (verdict: "forward" | "refuse", note: string) => void;
  deciding: boolean;
  decisionError: Error | null;
}

/** Why a held push cannot be forwarded, or null. */
export function obstacleTo(view: PushView | undefined, held: HeldPush, allowed: ReadonlySet<string>): string | null {
  if (!view) return "What it changes is being read.";
  if (view.blocked) return view.blocked;
  const { findings, findingCount } = held.push;
  if (findingCount > findings.length) return "It has more findings than can be shown, so it can only be refused.";
  const open = findings.filter(({ fingerprint }) => !allowed.has(fingerprint)).length;
  if (open > 0) return open === 1 ? "One finding is not allowed yet." : `${open} findings are not allowed yet.`;
  return null;
}

/** One held push under review: what it changes, and which findings the operator lets pass this once. */
export function usePushReview(held: HeldPush): PushReview {
  const { data: view, error } = useCall("pushes.view", { id: held.push.id });
  const [allowed, setAllowed] = useState<ReadonlySet<string>>(new Set());
  const forward = useAction("pushes.forward");
  const refuse = useAction("pushes.refuse");
  const obstacle = obstacleTo(view, held, allowed);
  const deciding = forward.isPending || refuse.isPending;
  const toggle = (fingerprint: string) => {
    const next = new Set(allowed);
    if (!next.delete(fingerprint)) next.add(fingerprint);
    setAllowed(next);
  };
  const decide: PushReview["decide"] = (verdict, note) => {
    if (deciding || (verdict === "forward" && obstacle)) return;
    const basis = { id: held.push.id, digest: held.digest, note };
    if (verdict === "forward") forward.mutate({ ...basis, allowedFindings: [...allowed] });
    else refuse.mutate(basis);
  };
  return { view, error, allowed, toggle, obstacle, decide, deciding, decisionError: forward.error ?? refuse.error };
}
