import type { Duplex } from "node:stream";
import { duplexPair } from "node:stream";
import type { Proposal } from "#common/domain/proposal.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { BundleConfig } from "#common/wire/bundle-config.ts";
import type { BundleEvent, BundleFrame, NumberedEvent } from "#common/wire/control.ts";
import { ClientFrame } from "#common/wire/control.ts";
import { encodeFrame, FrameDecoder } from "#common/wire/frame-codec.ts";

/** A bundle in memory that speaks the real frames over a real stream, to any number of clients. */
export class FakeBundle {
  readonly slug: string;
  readonly secrets = new Map<string, string>();
  readonly received: ClientFrame[] = [];
  table: RouteTable;
  proposals: Proposal[] = [];
  journal: NumberedEvent[] = [];
  acked = 0;
  /** Says hello as another bottle or protocol. */
  greeting: { protocol: number; slug: string } | null = null;
  /** Does not answer requests of these types. */
  readonly deaf = new Set<string>();
  readonly #clients = new Set<{ readonly stream: Duplex; subscribed: boolean }>();
  #seq = 0;

  constructor(config: Pick<BundleConfig, "slug" | "table">) {
    this.slug = config.slug;
    this.table = config.table;
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

  get missingSecrets(): string[] {
    const refs = this.table.routes.flatMap(({ auth }) => (auth === null ? [] : [auth.tokenRef]));
    return refs.filter((ref) => !this.secrets.has(ref));
  }

  #handle(client: { readonly stream: Duplex; subscribed: boolean }, frame: ClientFrame): void {
    this.received.push(frame);
    if (this.deaf.has(frame.type)) return;
    switch (frame.type) {
      case "hello":
        return this.#greet(client, frame.since);
      case "ack":
        this.acked = Math.max(this.acked, frame.seq);
        return;
      case "set-secrets":
        for (const [ref, value] of Object.entries(frame.values)) value === null ? this.secrets.delete(ref) : this.secrets.set(ref, value);
        return this.#done(client, frame.id);
      case "decide":
        return this.#decide(client, frame);
      case "set-routes":
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
    this.#send(client, { type: "ready", table, proposals, health: [], missingSecrets, repos: [], pushes: [], lastSeq: this.#seq });
    client.subscribed = since !== null;
    const kept = this.journal.filter(({ seq }) => since !== null && seq > since);
    if (kept.length > 0) this.#send(client, { type: "events", events: kept });
  }

  #decide(client: { readonly stream: Duplex; subscribed: boolean }, frame: Extract<ClientFrame, { type: "decide" }>): void {
    const proposal = this.proposals.find(({ id }) => id === frame.proposalId);
    if (proposal === undefined || proposal.status !== "pending") return this.#failed(client, frame.id, "conflict");
    if (frame.seenRevision !== this.table.revision) return this.#failed(client, frame.id, "stale");
    const before = this.table;
    const { outcome } = frame;
    if (outcome.verdict === "approved") this.table = { revision: before.revision + 1, routes: outcome.routes };
    const decision = {
      verdict: outcome.verdict,
      decidedAt: "2026-11-22T12:00:01.000Z",
      by: frame.by,
      note: frame.note,
      seenRevision: frame.seenRevision,
      appliedRevision: outcome.verdict === "approved" ? this.table.revision : null,
      applied: outcome.verdict === "approved" ? outcome.applied : null,
    };
    this.proposals = this.proposals.map((each) => (each === proposal ? { ...each, status: outcome.verdict, decision } : each));
    this.emit({ type: "proposal-decided", proposalId: proposal.id, decision, before, after: this.table });
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
