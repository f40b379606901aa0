import type { BottleSummary } from "#common/domain/bottle.ts";
import { compareBottles } from "#common/domain/bottle.ts";
import type { HeldPush } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import { formatAge, plural, shortPath } from "../ui/format.ts";
import type { Status } from "../ui/shape.tsx";

export interface BottleGroups {
  needsYou: BottleSummary[];
  running: BottleSummary[];
  stopped: BottleSummary[];
}

function isAlive(bottle: BottleSummary): boolean {
  return bottle.state === "running" || bottle.state === "starting";
}

/** Bottles by what they want of the operator; inside a group by start time and slug, so that rows keep their place (BTL-4). */
export function groupBottles(bottles: readonly BottleSummary[]): BottleGroups {
  const groups: BottleGroups = { needsYou: [], running: [], stopped: [] };
  for (const bottle of bottles.toSorted(compareBottles)) {
    if (isAlive(bottle) && bottle.pending > 0) groups.needsYou.push(bottle);
    else if (isAlive(bottle)) groups.running.push(bottle);
    else groups.stopped.push(bottle);
  }
  return groups;
}

/** All bottles in the order the rail shows them. */
export function railOrder(groups: BottleGroups): BottleSummary[] {
  return [...groups.needsYou, ...groups.running, ...groups.stopped];
}

export function statusOf(bottle: BottleSummary): Status {
  if (bottle.state === "error" || (bottle.state === "exited" && bottle.exitCode !== 0)) return "failed";
  if (bottle.state === "exited" || bottle.state === "stopped") return "stopped";
  if (bottle.pending > 0) return "needs-you";
  return bottle.state === "starting" ? "starting" : "running";
}

export function statusWord(bottle: BottleSummary): string {
  switch (statusOf(bottle)) {
    case "needs-you":
      return "needs you";
    case "failed":
      return bottle.state === "error" ? "failed" : "exited";
    case "stopped":
      return bottle.state;
    case "starting":
      return "starting";
    case "running":
      return "running";
  }
}

function pendingText(bottle: BottleSummary, { proposals, pushes, now }: RowContext): string {
  const asked = proposals.filter((proposal) => proposal.slug === bottle.slug && proposal.status === "pending");
  const held = pushes.filter((each) => each.slug === bottle.slug && each.status === "held");
  const oldest = [...asked.map(({ createdAt }) => createdAt), ...held.map(({ push }) => push.time)].toSorted()[0] ?? null;
  const what = pendingWords(bottle.pending, held, asked);
  return oldest ? `${what} · waiting ${formatAge(oldest, now)}` : what;
}

const askWords: Record<Proposal["tool"], string> = {
  "egress-block": "asks for a new route",
  "pipelock-block": "asks to let content pass",
  "capability-block": "asks for a new image",
  "deploy-apply": "asks for a deployment",
};

function pendingWords(pending: number, held: readonly HeldPush[], asked: readonly Proposal[]): string {
  const [push] = held;
  if (push === undefined) return pending === 1 ? askWords[asked[0]?.tool ?? "egress-block"] : `asks for ${plural(pending, "change")}`;
  if (pending > 1) return `${plural(held.length, "push", "pushes")} held, ${pending} wait in all`;
  return push.push.findingCount > 0 ? `push held: ${plural(push.push.findingCount, "finding")}` : "push held for review";
}

function endText(bottle: BottleSummary): string {
  const code = bottle.exitCode === null ? "exited" : `exited ${bottle.exitCode}`;
  return bottle.problem ? `${code}: ${bottle.problem}` : code;
}

function startText(bottle: BottleSummary): string {
  const step = bottle.steps.find((each) => each.state === "running");
  return step ? `starting: ${step.detail ?? step.name}` : "starting";
}

export interface RowContext {
  readonly proposals: readonly Proposal[];
  readonly pushes: readonly HeldPush[];
  readonly now: number;
  readonly home: string | null;
}

/** The second line of a row: the one thing worth knowing now. */
export function rowText(bottle: BottleSummary, context: RowContext): string {
  switch (bottle.state) {
    case "starting":
      return bottle.pending > 0 ? pendingText(bottle, context) : startText(bottle);
    case "exited":
      return endText(bottle);
    case "stopped":
      return bottle.problem ?? "stopped";
    case "error":
      return bottle.problem ?? "failed";
    case "running":
      if (bottle.pending > 0) return pendingText(bottle, context);
      if (bottle.link === "lost") return "running · sidecars do not answer";
      return bottle.workspace ? `${bottle.provider} · ${shortPath(bottle.workspace, context.home)}` : `${bottle.provider} · no workspace`;
  }
}

/** The folder that `~` stands for, from bot-bottle's own home `~/.bot-bottle`. */
export function userHome(botBottleHome: string | undefined): string | null {
  return botBottleHome?.endsWith("/.bot-bottle") ? botBottleHome.slice(0, -"/.bot-bottle".length) : null;
}
