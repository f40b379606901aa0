// biome-ignore-all lint/complexity/noCommaOperator: a handler that does one thing and answers with nothing
import type { AuditEntry } from "#common/domain/audit.ts";
import type { BottleSummary } from "#common/domain/bottle.ts";
import type { Bridge } from "#common/ipc/bridge.ts";
import type { IpcReply, MethodName, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { methods } from "#common/ipc/contract.ts";
import type { NotificationSettings } from "#common/ipc/notification-methods.ts";
import { fakeAudit, manyEntries } from "./fake-audit.ts";
import { FakeEgress } from "./fake-egress.ts";
import { fakeGit } from "./fake-git.ts";
import { FakeManifests } from "./fake-manifests.ts";
import { FakeProposals } from "./fake-proposals.ts";
import { FakeRoutes } from "./fake-routes.ts";
import { FakeSecrets } from "./fake-secrets.ts";
import { fakeWorkspace } from "./fake-workspace.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import { ManifestShelf } from "./manifest-shelf.ts";
import * as sample from "./sample-data.ts";
import * as asked from "./sample-proposals.ts";
import { ago } from "./sample-time.ts";
import { terminalSample } from "./terminal-sample.ts";

export type Scene = "busy" | "first-run" | "engine-down" | "crowded";

type Handlers = FakeHandlers<MethodName>;

/** Answers like main would, from memory: enough to see and try every view without an engine. */
export class FakeMain implements Bridge {
  readonly calls: { method: string; input: unknown }[] = [];
  readonly manifests = new FakeManifests(() => this.publish("manifests", {}));
  readonly secrets = new FakeSecrets((view) => this.publish("secrets", view));
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly routes = new FakeRoutes((topic, payload) => this.publish(topic, payload));
  readonly proposals = new FakeProposals({
    publish: (topic, payload) => this.publish(topic, payload),
    routes: this.routes,
    settled: (slug) => this.#settled(slug),
  });
  readonly #scene: Scene;
  #bottles: BottleSummary[];
  readonly #egress: FakeEgress;
  #terminals = 0;
  readonly #auditLog: AuditEntry[];
  #notifications: NotificationSettings = { desktop: true, sound: false, quietHours: { from: "22:00", to: "07:00" } };

  constructor(scene: Scene) {
    this.#scene = scene;
    const empty = scene === "first-run" || scene === "engine-down";
    if (empty) this.secrets.forget();
    this.#bottles = empty ? [] : scene === "crowded" ? crowd() : sample.bottles;
    if (!empty) this.proposals.know(scene === "crowded" ? asked.manyProposals(10_000) : asked.proposals);
    if (scene === "busy") this.proposals.keep(asked.autoRules);
    this.#auditLog = scene === "busy" ? sample.auditLog : scene === "crowded" ? manyEntries(100_000) : [];
    const decisions = scene === "crowded" ? 12_000 : 140;
    this.#egress = new FakeEgress({ publish: (topic, payload) => this.publish(topic, payload), routes: this.routes, decisions });
    this.#handlers = { ...this.#others, ...this.#egress.handlers };
    if (scene !== "busy") this.manifests.shelf = new ManifestShelf(scene === "crowded" ? "thousand" : "empty");
  }

  async call(method: string, input: unknown): Promise<IpcReply> {
    this.calls.push({ method, input });
    const name = method as MethodName;
    const handler = this.#handlers[name] as (input: unknown) => unknown;
    try {
      return { ok: true, value: await handler(methods[name].input.parse(input)) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, failure: { code: error.code, message: error.message, hint: error.hint } };
      return { ok: false, failure: { code: "internal", message: String(error), hint: null } };
    }
  }

  subscribe(topic: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  publish<T extends TopicName>(topic: T, payload: TopicPayload<T>): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(payload);
  }

  /** One more decision in a bottle, as if the agent had asked just now. */
  decide(slug: string): void {
    this.#egress.decide(slug);
  }

  /** Another client changes the routes while the operator reads. */
  changeRoutes(slug: string): void {
    this.routes.change(slug, { routes: this.routes.table(slug).routes.filter((route) => route.host !== "docs.python.org") });
  }

  #settled(slug: string): void {
    this.#bottles = this.#bottles.map((each) => (each.slug === slug ? { ...each, pending: each.pending - 1 } : each));
    this.publish("bottles", this.#bottles);
  }

  #setBottle(slug: string, change: Partial<BottleSummary> | null): void {
    this.#bottles = change
      ? this.#bottles.map((each) => (each.slug === slug ? { ...each, ...change } : each))
      : this.#bottles.filter((each) => each.slug !== slug);
    this.publish("bottles", this.#bottles);
  }

  #lacking(agent: string): { name: string; locked: boolean; problem: string }[] {
    if (agent !== "docs-writer" || this.secrets.has("GITEA_PAT")) return [];
    const problem = "The secret GITEA_PAT is not set: store it in the Secrets view, or export it before bot-bottle starts";
    return [{ name: "GITEA_PAT", locked: false, problem }];
  }

  readonly #handlers: Handlers;
  readonly #others: Omit<Handlers, keyof FakeEgress["handlers"]> = {
    ...fakeGit(
      (topic, payload) => this.publish(topic, payload),
      () => this.#bottles.length === 0,
    ),
    ...this.manifests.handlers,
    ...this.secrets.handlers,
    ...this.proposals.handlers,
    ...this.routes.handlers,
    ...fakeWorkspace((topic, payload) => this.publish(topic, payload)),
    "app.info": () => ({ version: "0.1.0", shell: "chromium", home: "/home/ada/.bot-bottle", platform: "linux", closeNoticeShown: false }),
    "engine.status": () =>
      this.#scene === "engine-down"
        ? {
            state: "unavailable",
            label: "docker · local engine",
            version: null,
            runtime: null,
            problem: "No container engine answers on this machine.",
            hint: "Start Docker, for example with: sudo systemctl start docker. The panel notices by itself.",
          }
        : { state: "ready", label: "docker · local engine", version: "27.3.1", runtime: "gVisor", problem: null, hint: null },
    "manifests.list": () => (this.#scene === "first-run" ? { ...sample.manifests, errors: [], warnings: [] } : sample.manifests),
    "workspace.choose": () => "/home/ada/src/api",
    "bottles.list": () => this.#bottles,
    "bottles.preflight": ({ agent, workspace, bottle, copyWorkspace }) => ({
      agent,
      bottle: bottle ?? (agent === "demo" ? "demo" : "dev"),
      provider: agent === "demo" ? "shell" : "claude",
      backend: "docker",
      runtime: "gVisor",
      image: `bot-bottle/${agent === "demo" ? "shell" : "claude"}:0.1.0`,
      imagePresent: agent === "demo",
      envNames: agent === "demo" ? [] : ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_ERROR_REPORTING"],
      prompts: agent === "docs-writer" ? [...samplePrompts] : [],
      skills: agent === "docs-writer" ? ["house-style", "screenshots"] : [],
      gitIdentity: agent === "docs-writer" ? "Ada Lovelace <ada@example.org>" : null,
      repos: agent === "docs-writer" ? ["docs → git.example.org:22"] : [],
      routes: agent === "demo" ? ["example.com"] : ["api.anthropic.com [auth:Bearer]", "gitea.example.org [auth:token]", "docs.python.org"],
      supervise: true,
      workspace: workspace && copyWorkspace !== false ? { hostPath: workspace, guestPath: "/home/agent/workspace", files: 1284 } : null,
      warnings: agent === "claude" ? ["GITEA_PAT is not set: gitea.example.org answers 503 until it is."] : [],
      lackingSecrets: this.#lacking(agent),
      problems: [
        ...(this.#scene === "engine-down" ? ["No container engine answers on this machine."] : []),
        ...this.#lacking(agent).map(({ problem }) => problem),
      ],
    }),
    "bottles.start": ({ agent, workspace }) => {
      const slug = `${agent}-x${String(this.#bottles.length).padStart(4, "0")}`;
      this.#bottles = [...this.#bottles, { ...sample.bottles[5]!, slug, agent, workspace, startedAt: new Date().toISOString() }];
      this.publish("bottles", this.#bottles);
      return { slug };
    },
    "bottles.cancel-start": ({ slug }) => (this.#setBottle(slug, null), {}),
    "bottles.stop": ({ slug }) => (this.#setBottle(slug, { state: "stopped", pending: 0 }), {}),
    "bottles.remove": ({ slug }) => (this.#setBottle(slug, null), {}),
    "health.get": ({ slug }) => ({
      slug,
      daemons: [
        { name: "egress", state: "healthy", since: ago(2_500_000), restarts: 0, lastError: null },
        {
          name: "supervise",
          state: slug.startsWith("docs") ? "restarting" : "healthy",
          since: ago(2_500_000),
          restarts: slug.startsWith("docs") ? 2 : 0,
          lastError: null,
        },
      ],
      missingSecrets: slug.startsWith("deps") ? ["GITEA_PAT"] : [],
      link: "connected",
    }),
    "sidecars.restart": () => ({}),
    ...fakeAudit(() => this.#auditLog),
    "terminal.open": ({ slug }) => {
      this.#terminals += 1;
      const terminalId = `t${this.#terminals}`;
      if (slug.startsWith("perf")) setTimeout(() => this.publish("terminal", { kind: "exit", terminalId, exitCode: 137 }));
      return { terminalId, snapshot: `\x1bc${terminalSample}` };
    },
    "terminal.write": ({ terminalId, data }) => (
      this.publish("terminal", { kind: "data", terminalId, data: data.replaceAll("\r", "\r\n") }), {}
    ),
    "terminal.resize": () => ({}),
    "terminal.ack": () => ({}),
    "terminal.close": () => ({}),
    "link.open": () => ({}),
    "notifications.get": () => this.#notifications,
    "notifications.set": (settings) => (this.#notifications = settings),
  };
}

const samplePrompts = [
  { name: "WIKI_PASSWORD", text: "Password of the wiki", answered: false },
  { name: "REVIEW_TOKEN", text: "Token for reviews", answered: true },
];

function crowd(): BottleSummary[] {
  return Array.from({ length: 100 }, (_, at) => {
    const base = sample.bottles[at % sample.bottles.length]!;
    return { ...base, slug: `${base.agent}-${at.toString(36).padStart(5, "0")}`, startedAt: ago(at * 61_000) };
  });
}
