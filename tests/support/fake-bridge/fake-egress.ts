import { decisionText } from "#common/domain/decision-text.ts";
import type { MethodName, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import { credentialActivity } from "../../../main/egress/credential-activity.ts";
import type { KnownDecision } from "../../../main/egress/decision-history.ts";
import { searchDecisions } from "../../../main/egress/search-decisions.ts";
import { trafficSeries } from "../../../main/egress/traffic-series.ts";
import { usageToday } from "../../../main/egress/usage-today.ts";
import { whatIf } from "../../../main/egress/what-if.ts";
import type { FakeRoutes } from "./fake-routes.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import { decision, history } from "./sample-decisions.ts";
import { ago } from "./sample-time.ts";

type Publish = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void;
type EgressMethod = Extract<
  MethodName,
  `decisions.${string}` | `traffic.${string}` | `credentials.${string}` | `usage.${string}` | "routes.get"
>;

interface Parts {
  readonly publish: Publish;
  readonly routes: FakeRoutes;
  readonly decisions: number;
}

/** Every fake bottle's egress: one record for all, and main's own queries over it. */
export class FakeEgress {
  readonly #parts: Parts;
  readonly #cuts = new Map<string, CredentialCuts>();
  #decisions: KnownDecision[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#decisions = history(parts.decisions).map(known);
  }

  /** One more decision in a bottle, as if the agent had asked just now. */
  decide(slug: string): void {
    const seq = (this.#decisions.at(-1)?.seq ?? 0) + 1;
    const entry = { seq, decision: decision(seq, new Date().toISOString()) };
    this.#decisions = [...this.#decisions, known(entry)];
    this.#parts.publish("decisions", { slug, decisions: [entry] });
  }

  #cutsOf(slug: string): CredentialCuts {
    return this.#cuts.get(slug) ?? { all: false, refs: [] };
  }

  readonly handlers: FakeHandlers<EgressMethod> = {
    "routes.get": ({ slug }) => ({
      table: this.#parts.routes.table(slug),
      counts: [
        { host: "api.anthropic.com", allowed: 318, refused: 0, bytesUp: 1_900_000, bytesDown: 2_200_000, lastAt: ago(4000) },
        { host: "gitea.example.org", allowed: 44, refused: 3, bytesUp: 60_000, bytesDown: 240_000, lastAt: ago(80_000) },
        { host: "docs.python.org", allowed: 9, refused: 0, bytesUp: 6000, bytesDown: 790_000, lastAt: ago(300_000) },
        { host: "packages.example.org", allowed: 0, refused: 9, bytesUp: 3600, bytesDown: 1900, lastAt: ago(29_000) },
        { host: "paste.example.net", allowed: 0, refused: 2, bytesUp: 800, bytesDown: 424, lastAt: ago(90_000) },
      ],
    }),
    "decisions.recent": ({ limit }) => this.#decisions.slice(-limit).map(told),
    "decisions.search": async ({ slug: _slug, ...query }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return searchDecisions(this.#decisions, query);
    },
    "decisions.what-if": ({ slug: _slug, ...route }) => {
      try {
        return whatIf(this.#decisions, route);
      } catch (error) {
        throw new Refusal("bad-input", error instanceof Error ? error.message : String(error), "Write one host name.");
      }
    },
    "decisions.export": ({ slug }) => ({
      file: `/home/ada/.bot-bottle/exports/${slug}-20261122T224207412Z.har`,
      entries: this.#decisions.length,
    }),
    "traffic.series": ({ minutes }) => trafficSeries(this.#decisions, minutes, Date.now()),
    "credentials.activity": ({ slug }) => ({
      cuts: this.#cutsOf(slug),
      credentials: credentialActivity(this.#decisions, this.#parts.routes.table(slug), this.#cutsOf(slug)),
    }),
    "credentials.cut": ({ slug, cuts }) => {
      this.#cuts.set(slug, cuts);
      this.#parts.publish("cuts", { slug, cuts });
      return {};
    },
    "usage.today": ({ slug }) =>
      usageToday(this.#decisions, { now: new Date(), timeZone: "UTC", budget: budgets[slug.slice(0, 4)] ?? null }),
  };
}

const budget = { tokensPerDay: null, usdPerDay: null, timeZone: "UTC" };
const budgets: Record<string, Parameters<typeof usageToday>[1]["budget"]> = {
  "api-": { ...budget, usdPerDay: 20, onLimit: "warn" },
  docs: { ...budget, tokensPerDay: 1_000_000, onLimit: "stop" },
  deps: { ...budget, usdPerDay: 4, onLimit: "stop" },
};

function known(entry: { seq: number; decision: KnownDecision["decision"] }): KnownDecision {
  return { ...entry, text: decisionText(entry.decision), at: Date.parse(entry.decision.time) };
}

function told({ seq, decision: made }: KnownDecision) {
  return { seq, decision: made };
}
