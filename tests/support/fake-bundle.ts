import type { Duplex } from "node:stream";
import { duplexPair } from "node:stream";
import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { HeldPush, PushDecision, PushFile, RepoStatus } from "#common/domain/git.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { BundleConfig } from "#common/wire/bundle-config.ts";
import type { BundleEvent, BundleFrame, CredentialCuts, NumberedEvent } from "#common/wire/control.ts";
import { ClientFrame } from "#common/wire/control.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";

/** A bundle in memory that speaks the real frames over a real stream, to any number of clients. */
export class FakeBundle {
  readonly slug: string;
  readonly secrets = new Map<string, string>();
  readonly received: ClientFrame[] = [];
  table: RouteTable;
  proposals: Proposal[] = [];
  repos: RepoStatus[];
  pushes: HeldPush[] = [];
  cuts: CredentialCuts = { all: false, refs: [] };
  /** What `read-push` answers. */
  pushFiles: PushFile[] = [];
  /** Private keys that it was given, by repository. */
  readonly keys = new Map<string, string>();
  /** Why it cannot carry out what it is asked for, by type. */
  readonly failing = new Map<string, string>();
  journal: NumberedEvent[] = [];
  acked = 0;
  /** Says hello as another bottle or protocol. */
  greeting: { protocol: number; slug: string } | null = null;
  /** Does not answer requests of these types. */
  readonly deaf = new Set<string>();
  readonly #clients = new Set<{ readonly stream: Duplex; subscribed: boolean }>();
  readonly #claims = new Map<string, unknown>();
  #seq = 0;

  constructor(config: Pick<BundleConfig, "slug" | "table"> & Partial<Pick<BundleConfig, "repos">>) {
    this.slug = config.slug;
    this.table = config.table;
    this.repos = (config.repos ?? []).map(({ name, upstream }) => ({
      name,
      upstream: `ssh://${upstream.user}@${upstream.host}:${upstream.port}/${upstream.path}`,
      key: "missing",
      keyExpiresAt: null,
      refresh: "never",
      refreshedAt: null,
      problem: null,
      branches: 0,
      tags: 0,
    }));
  }

  /** The client's end of a new connection. */
  connect(): Duplex {
    const [ours, theirs] = duplexPair();
    const client = { stream: ours, subscribed: false };
    const decoder = new FrameDecoder();
    this.#clients.add(client);
    ours.on("data", (chunk: Buffer) => {
      for (const message of decoder.push(chunk)) this.#handle(client, ClientFrame.parse(message));
    });
    ours.on("close", () => this.#clients.delete(client));
    ours.on("end", () => ours.destroy());
    theirs.on("close", () => ours.destroy());
    return theirs;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Cuts every connection, as a bundle that restarts does. */
  cut(): void {
    for (const { stream } of this.#clients) stream.end();
  }

  emit(...events: BundleEvent[]): void {
    const numbered = events.map((event) => ({ seq: ++this.#seq, time: "2026-11-22T12:00:00.000Z", event }));
    this.journal.push(...numbered);
    for (const client of this.#clients) if (client.subscribed) this.#send(client, { type: "events", events: numbered });
  }

  file(proposal: Proposal): void {
    this.proposals.push(proposal);
    this.emit({ type: "proposal-filed", proposal });
  }

  /** As when every client that held a proposal lost its connection. */
  releaseClaims(): void {
    this.#claims.clear();
  }

  /** Holds a push, as the gate does that found something in it. */
  hold(held: HeldPush): void {
    this.pushes.push(held);
    this.emit({ type: "push", push: held.push });
    this.tellGit();
  }

  /** The time of a repository's key is over. */
  expireKey(repo: string): void {
    this.keys.delete(repo);
    this.repos = this.repos.map((each) => (each.name === repo ? { ...each, key: "expired" } : each));
    this.tellGit();
  }

  /** Says how its gate is. */
  tellGate(state: DaemonHealth["state"]): void {
    const gate = {
      name: "git-gate",
      state,
      since: "2026-11-22T12:00:00.000Z",
      restarts: 0,
      lastError: state === "failed" ? "no git" : null,
    } as const;
    for (const client of this.#clients) this.#send(client, { type: "health", health: [gate], missingSecrets: this.missingSecrets });
  }

  /** Sends the gate's picture to everyone. */
  tellGit(): void {
    for (const client of this.#clients) this.#send(client, { type: "git", repos: this.repos, pushes: this.pushes });
  }

  get missingSecrets(): string[] {
    const refs = [...this.table.routes, ...this.table.grants.map(({ route }) => route)].flatMap(({ auth }) =>
      auth === null ? [] : [auth.tokenRef],
    );
    return refs.filter((ref) => !this.secrets.has(ref));
  }

  #handle(client: { readonly stream: Duplex; subscribed: boolean }, frame: ClientFrame): void {
    this.received.push(frame);
    if (this.deaf.has(frame.type)) return;
    const failure = this.failing.get(frame.type);
    if (failure !== undefined && "id" in frame)
      return this.#send(client, { type: "failed", id: frame.id, code: "apply-failed", message: failure });
    switch (frame.type) {
      case "hello":
        return this.#greet(client, frame.since);
      case "ack":
        this.acked = Math.max(this.acked, frame.seq);
        return;
      case "set-secrets":
        for (const [ref, value] of Object.entries(frame.values)) value === null ? this.secrets.delete(ref) : this.secrets.set(ref, value);
        this.#done(client, frame.id);
        for (const each of this.#clients) this.#send(each, { type: "health", health: [], missingSecrets: this.missingSecrets });
        return;
      case "decide":
        return this.#decide(client, frame);
      case "set-keys":
        return this.#setKeys(client, frame);
      case "decide-push":
        return this.#decidePush(client, frame);
      case "read-push":
        return this.#send(client, { type: "push-diff", id: frame.id, files: this.pushFiles, cut: false });
      case "refresh-repo":
        this.repos = this.repos.map((each) => (each.name === frame.repo ? { ...each, refresh: "ok", branches: 1 } : each));
        this.tellGit();
        return this.#done(client, frame.id);
      case "set-cuts":
        this.cuts = frame.cuts;
        this.emit({ type: "cuts-set", by: frame.by, cuts: frame.cuts });
        return this.#done(client, frame.id);
      case "claim-proposal":
        return this.#claim(client, frame);
      case "report-failure":
        this.emit({ type: "proposal-failed", proposalId: frame.proposalId, message: frame.message });
        return this.#done(client, frame.id);
      case "set-routes":
        return this.#setRoutes(client, frame);
      case "restart":
        return this.#done(client, frame.id);
      case "shutdown":
        this.#done(client, frame.id);
        return this.cut();
    }
  }

  #greet(client: { readonly stream: Duplex; subscribed: boolean }, since: number | null): void {
    this.#send(client, { type: "hello", buildId: "fake", ...(this.greeting ?? { protocol: 1, slug: this.slug }) });
    const { table, proposals, missingSecrets } = this;
    this.#send(client, {
      type: "ready",
      table,
      proposals,
      health: [],
      missingSecrets,
      cuts: this.cuts,
      repos: this.repos,
      pushes: this.pushes,
      lastSeq: this.#seq,
    });
    client.subscribed = since !== null;
    const kept = this.journal.filter(({ seq }) => since !== null && seq > since);
    if (kept.length > 0) this.#send(client, { type: "events", events: kept });
  }

  #decide(client: { readonly stream: Duplex; subscribed: boolean }, frame: Extract<ClientFrame, { type: "decide" }>): void {
    const proposal = this.proposals.find(({ id }) => id === frame.proposalId);
    if (proposal === undefined || proposal.status !== "pending") return this.#failed(client, frame.id, "conflict");
    if ((this.#claims.get(proposal.id) ?? client) !== client) return this.#failed(client, frame.id, "conflict");
    if (frame.seenRevision !== this.table.revision) return this.#failed(client, frame.id, "stale");
    const before = this.table;
    const { outcome } = frame;
    const routesChange = outcome.verdict === "approved" && outcome.applied.kind !== "capability";
    if (routesChange) this.table = { revision: before.revision + 1, routes: outcome.routes, grants: outcome.grants };
    const decision = {
      verdict: outcome.verdict,
      decidedAt: "2026-11-22T12:00:01.000Z",
      by: frame.by,
      note: frame.note,
      seenRevision: frame.seenRevision,
      appliedRevision: routesChange ? this.table.revision : null,
      applied: outcome.verdict === "approved" ? outcome.applied : null,
      scope: outcome.verdict === "approved" ? outcome.scope : null,
      rule: frame.rule,
    };
    this.proposals = this.proposals.map((each) => (each === proposal ? { ...each, status: outcome.verdict, decision } : each));
    this.#claims.delete(proposal.id);
    this.emit({ type: "proposal-decided", proposalId: proposal.id, decision, before, after: this.table });
    this.#done(client, frame.id);
  }

  /** A claimed proposal is its claimer's alone until it is given back. */
  #claim(client: { readonly stream: Duplex }, frame: Extract<ClientFrame, { type: "claim-proposal" }>): void {
    const holder = this.#claims.get(frame.proposalId);
    if (holder !== undefined && holder !== client) return this.#failed(client, frame.id, "conflict");
    if (frame.held) this.#claims.set(frame.proposalId, client);
    else this.#claims.delete(frame.proposalId);
    this.#done(client, frame.id);
  }

  #setRoutes(
    client: { readonly stream: Duplex },
    { id, seenRevision, routes, grants, by, note }: Extract<ClientFrame, { type: "set-routes" }>,
  ): void {
    if (seenRevision !== this.table.revision) return this.#failed(client, id, "stale");
    const before = this.table;
    this.table = { revision: before.revision + 1, routes, grants };
    this.emit({ type: "routes-set", by, note, before, after: this.table });
    this.#done(client, id);
  }

  #setKeys(client: { readonly stream: Duplex }, frame: Extract<ClientFrame, { type: "set-keys" }>): void {
    for (const [repo, key] of Object.entries(frame.keys)) key === null ? this.keys.delete(repo) : this.keys.set(repo, key.privateKey);
    this.repos = this.repos.map((each) => (this.keys.has(each.name) ? { ...each, key: "ready" } : each));
    this.#done(client, frame.id);
    this.tellGit();
  }

  #decidePush(client: { readonly stream: Duplex }, frame: Extract<ClientFrame, { type: "decide-push" }>): void {
    const held = this.pushes.find(({ push }) => push.id === frame.pushId);
    if (held === undefined || held.status !== "held") return this.#failed(client, frame.id, "conflict");
    const { verdict, by, note, allowedFindings } = frame;
    const decision: PushDecision = { verdict, by, note, allowedFindings, decidedAt: "2026-11-22T12:00:01.000Z" };
    this.pushes = this.pushes.map((each) => (each === held ? { ...each, status: verdict, decision } : each));
    this.emit({ type: "push-decided", pushId: frame.pushId, repo: held.push.repo, decision });
    this.tellGit();
    this.#done(client, frame.id);
  }

  #done(client: { readonly stream: Duplex }, id: number): void {
    this.#send(client, { type: "done", id, revision: this.table.revision });
  }

  #failed(client: { readonly stream: Duplex }, id: number, code: "stale" | "conflict"): void {
    this.#send(client, { type: "failed", id, code, message: `${code} here` });
  }

  #send({ stream }: { readonly stream: Duplex }, frame: BundleFrame): void {
    if (!stream.destroyed) stream.write(encodeFrame(frame));
  }
}
