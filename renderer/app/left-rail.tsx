import type { ReactNode } from "react";
import { memo, useId, useMemo } from "react";
import type { BottleSummary } from "#common/domain/bottle.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import { groupBottles, rowText, statusOf, statusWord } from "../bottles/grouping.ts";
import { useBottles, useProposals, useUserHome } from "../bottles/use-bottles.ts";
import { useHeldPushes } from "../git/use-git.ts";
import { useWaitingCount } from "../inbox/use-inbox.ts";
import { useManifestProblems } from "../manifests/use-manifests.ts";
import { useMissingSecrets } from "../secrets/use-secrets.ts";
import { Age } from "../ui/age.tsx";
import { formatCount, plural } from "../ui/format.ts";
import { Shape } from "../ui/shape.tsx";
import { useNow } from "../ui/use-now.ts";
import { visibleString } from "../ui/visible-text.ts";
import type { View } from "./location.ts";
import { bottleView, hrefOf, useView } from "./location.ts";

function PlaceLink({ view, here, children, count }: { view: View; here: boolean; children: string; count?: ReactNode }) {
  return (
    <li>
      <a
        href={hrefOf(view)}
        aria-current={here ? "page" : undefined}
        className="flex h-7.5 items-center rounded-md px-2 text-dim hover:bg-raised hover:text-text aria-[current]:bg-selected aria-[current]:text-text"
      >
        <span>{children}</span>
        {count ? <span className="ml-auto">{count}</span> : null}
      </a>
    </li>
  );
}

function CountBadge({ count, what }: { count: number; what: string }) {
  if (count === 0) return null;
  return (
    <span className="data inline-flex h-4.5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent">
      {formatCount(count)}
      <span className="sr-only"> {what}</span>
    </span>
  );
}

function Places() {
  const view = useView();
  const waiting = useWaitingCount();
  const problems = useManifestProblems();
  const missing = useMissingSecrets();
  return (
    <ul aria-label="Views" className="px-2 pt-2">
      <PlaceLink view={{ name: "inbox", id: null }} here={view.name === "inbox"} count={<CountBadge count={waiting} what="waiting" />}>
        Inbox
      </PlaceLink>
      <PlaceLink view={{ name: "routes" }} here={view.name === "routes"}>
        Routes
      </PlaceLink>
      <PlaceLink view={{ name: "rules" }} here={view.name === "rules"}>
        Rules
      </PlaceLink>
      <PlaceLink view={{ name: "audit", slug: null }} here={view.name === "audit"}>
        Audit
      </PlaceLink>
      <PlaceLink
        view={{ name: "manifests" }}
        here={view.name === "manifests" || view.name === "manifest"}
        count={problems > 0 ? <span className="data text-sm text-bad">{plural(problems, "error")}</span> : null}
      >
        Manifests
      </PlaceLink>
      <PlaceLink
        view={{ name: "secrets" }}
        here={view.name === "secrets"}
        count={missing > 0 ? <span className="data text-sm text-warn">{missing} missing</span> : null}
      >
        Secrets
      </PlaceLink>
      <PlaceLink view={{ name: "settings" }} here={view.name === "settings"}>
        Settings
      </PlaceLink>
    </ul>
  );
}

const BottleRow = memo(function BottleRow({ bottle, here, text }: { bottle: BottleSummary; here: boolean; text: string }) {
  const quiet = bottle.state !== "running" && bottle.state !== "starting";
  return (
    <li>
      <a
        href={hrefOf(bottleView(bottle.slug))}
        aria-current={here ? "page" : undefined}
        className="relative flex gap-2.5 rounded-md py-1.5 pr-2 pl-2.5 hover:bg-raised aria-[current]:bg-selected aria-[current]:before:absolute aria-[current]:before:inset-y-0 aria-[current]:before:left-0 aria-[current]:before:w-0.5 aria-[current]:before:rounded-full aria-[current]:before:bg-accent"
      >
        <span className="flex h-5 items-center">
          <Shape status={statusOf(bottle)} />
          <span className="sr-only">{statusWord(bottle)}: </span>
        </span>
        <span className="min-w-0 grow">
          <span className="flex items-baseline gap-2">
            <span title={bottle.slug} className={`truncate font-medium ${quiet ? "text-dim" : "text-text"}`}>
              {bottle.slug}
            </span>
            <Age since={bottle.startedAt} className="data ml-auto shrink-0 text-xs text-faint" />
          </span>
          <span className="block truncate text-sm text-faint" title={text}>
            {text}
          </span>
        </span>
      </a>
    </li>
  );
});

const none: readonly Proposal[] = [];

/** What waits, by bottle: looked through once a change, not once a row and second. */
function useAskedBy(): ReadonlyMap<string, readonly Proposal[]> {
  const proposals = useProposals();
  return useMemo(() => {
    const pending = proposals.filter(({ status }) => status === "pending");
    return Map.groupBy(pending, ({ slug }) => slug);
  }, [proposals]);
}

function BottleGroup({ title, bottles }: { title: string; bottles: readonly BottleSummary[] }) {
  const id = useId();
  const view = useView();
  const asked = useAskedBy();
  const pushes = useHeldPushes();
  const home = useUserHome();
  const now = useNow();
  if (bottles.length === 0) return null;
  return (
    <section aria-labelledby={id} className="px-2 pt-4">
      <h2 id={id} className="heading px-2 pb-1">
        {title}
      </h2>
      <ul className="flex flex-col gap-px">
        {bottles.map((bottle) => (
          <BottleRow
            key={bottle.slug}
            bottle={bottle}
            here={view.name === "bottle" && view.slug === bottle.slug}
            text={visibleString(rowText(bottle, { proposals: asked.get(bottle.slug) ?? none, pushes, now, home }))}
          />
        ))}
      </ul>
    </section>
  );
}

/** Where one can go: the views, then every bottle by what it wants. */
export function LeftRail() {
  const { bottles, known } = useBottles();
  const groups = groupBottles(bottles);
  return (
    <nav aria-label="Views and bottles" className="min-h-0 overflow-y-auto border-r border-line bg-panel pb-4 [grid-area:rail]">
      <Places />
      <BottleGroup title="Needs you" bottles={groups.needsYou} />
      <BottleGroup title="Running" bottles={groups.running} />
      <BottleGroup title="Stopped" bottles={groups.stopped} />
      {known && bottles.length === 0 ? (
        <p className="px-4 pt-5 text-sm text-faint">No bottles yet. Each agent you start gets one of its own and shows here.</p>
      ) : null}
    </nav>
  );
}
