import type { OutgoingBodyHost } from "../content/outgoing-body.ts";
import { OutgoingBody } from "../content/outgoing-body.ts";
import type { DataPlane } from "../data-plane.ts";
import type { RequestSubject } from "../decision-log.ts";
import type { BodyScanner } from "../http1/body-scanner.ts";
import { createBodyScanner } from "../http1/body-scanner.ts";
import { trailerForbidden, upstreamHead } from "../http1/forwarded-head.ts";
import type { ResponseHead } from "../http1/response-head.ts";
import type { Permit } from "../policy/authorise.ts";
import { revocation } from "../policy/authorise.ts";
import type { Refusal } from "../policy/refusal.ts";
import { refuse } from "../policy/refusal.ts";
import { UpstreamFailure } from "../upstream/connector.ts";
import type { UpstreamConnection, UpstreamUser } from "../upstream/upstream-connection.ts";
import { wantedProtocol } from "../upstream/wanted-protocol.ts";
import type { AnswerSink } from "./answer-path.ts";
import { AnswerPath } from "./answer-path.ts";
import { joinHead } from "./join-head.ts";

/** The agent's side of an exchange. */
export interface ExchangeHost extends AnswerSink {
  pauseAgent(): void;
  resumeAgent(): void;
  /** The exchange can take request body bytes now. */
  wakeAgent(): void;
  /** The answer is complete. `unread` is what is left of the request's body. */
  exchangeDone(outcome: { keepAlive: boolean; unread: BodyScanner | null }): void;
  /** Nothing was sent to the agent yet: answer with this. */
  exchangeRefused(refusal: Refusal, unread: BodyScanner | null): void;
  /** The answer cannot be completed: the agent must not take it for whole. */
  breakAgent(): void;
}

// A proxy that answered these again could repeat an effect; they have none (RFC 9110 9.2.1).
const REPLAYABLE = new Set(["GET", "HEAD", "OPTIONS"]);
// Up to here one copy is cheaper than two writes.
const COMBINED_BYTES = 16 * 1024;

/** One permitted request and its answer, streamed both ways with back-pressure (EGR-5). */
export class Exchange implements UpstreamUser, OutgoingBodyHost {
  readonly #plane: DataPlane;
  readonly #host: ExchangeHost;
  readonly #permit: Permit;
  readonly #subject: RequestSubject;
  readonly #startedAt: number;
  readonly #down: AnswerPath;
  #requestBody: BodyScanner;
  /** What the agent sends after its head, on its way through the content scan; null while it sends nothing. */
  #outgoing: OutgoingBody | null;
  #upstream: UpstreamConnection | null = null;
  #unsentRequestHead: string | null = null;
  #answer: ResponseHead | null = null;
  #agentKeepAlive: boolean;
  #retried = false;
  #over = false;
  #bytesUp = 0;
  /** Set once a WebSocket is being relayed. */
  relaying = false;

  constructor(parts: { plane: DataPlane; host: ExchangeHost; permit: Permit; subject: RequestSubject; startedAt: number }) {
    this.#plane = parts.plane;
    this.#host = parts.host;
    this.#permit = parts.permit;
    this.#subject = parts.subject;
    this.#startedAt = parts.startedAt;
    this.#down = new AnswerPath(parts.permit, parts.plane.budget, parts.host);
    this.#agentKeepAlive = parts.permit.request.keepAlive;
    this.#outgoing = parts.permit.request.body.kind === "none" ? null : this.#scanOutgoing(false);
    this.#requestBody = createBodyScanner(
      parts.permit.request.body,
      parts.plane.limits.trailerBytes,
      (name) => trailerForbidden(name, parts.permit.live),
      this.#outgoing,
    );
  }

  get permit(): Permit {
    return this.#permit;
  }

  start(): void {
    const { pool, limits } = this.#plane;
    const maxIdleMs = this.#replayable ? Number.POSITIVE_INFINITY : limits.upstreamFreshMs;
    const idle = pool.takeIdle(this.#permit.live.route.host, maxIdleMs, wantedProtocol(this.#permit.request));
    if (idle === null) this.#connect();
    else this.#attach(idle);
  }

  /** Takes request body bytes from `from` on; returns the index after them, or -1 when none can be taken now. */
  takeBody(bytes: Buffer, from: number): number {
    const outgoing = this.#outgoing;
    if (this.#upstream === null || this.#requestBody.done || outgoing === null || outgoing.busy) return -1;
    const end = this.#requestBody.scan(bytes, from);
    outgoing.take(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end), this.#requestBody.done);
    return end;
  }

  forwardBody(bytes: Buffer): void {
    if (this.#upstream !== null && !this.#sendUp(this.#upstream, bytes)) this.#host.pauseAgent();
  }

  refuseBody(refusal: Refusal): void {
    this.#giveUp(refusal, false);
  }

  bodyWanted(): void {
    this.#host.wakeAgent();
  }

  /** Sends a request head that waited for body bytes to travel with. */
  flush(): void {
    if (this.#unsentRequestHead === null || this.#upstream === null) return;
    const head = this.#unsentRequestHead;
    this.#unsentRequestHead = null;
    this.#bytesUp += head.length;
    this.#upstream.write(head);
  }

  /** The agent reads again. */
  onAgentDrain(): void {
    this.#upstream?.resume();
  }

  /** The agent has gone, or its connection must. */
  abort(reason: string): void {
    if (this.#over) return;
    this.#finish("allowed", "route", reason);
    this.#upstream?.destroy();
  }

  /** The agent's body is malformed: nothing of it may look complete to the upstream. */
  abortMalformed(refusal: Refusal): void {
    this.#giveUp(refusal, false);
  }

  /** The live table does not allow this any more (EGR-6). */
  revoke(): void {
    const { host } = this.#subject;
    this.#giveUp(revocation(this.#plane, host, this.#permit) ?? refuse("route-revoked", `the route of ${host} was revoked`), true);
  }

  /** No byte moved for too long. */
  expire(): void {
    this.#giveUp(refuse("upstream-unreachable", `${this.#subject.host} sent nothing for too long`, 504), false);
  }

  onInterim(head: ResponseHead): void {
    if (!this.#over) this.#down.sendInterim(head);
  }

  onHead(head: ResponseHead): void {
    const unreadable = this.#down.refusal(head);
    if (unreadable !== null) return this.#giveUp(unreadable, false);
    this.#answer = head;
    if (head.status === 101 && !this.#beginRelay(head)) return;
    if (head.body.kind === "until-close") this.#agentKeepAlive = false;
    if (this.#upstream !== null) this.#upstream.keepAliveMs = head.keepAliveMs;
    this.#down.takeHead(head, !this.#agentKeepAlive && !this.relaying);
  }

  onBody(bytes: Buffer): void {
    if (!this.#over && !this.#down.takeBody(bytes)) this.#upstream?.pause();
  }

  onReadEnd(): void {
    this.#down.flush();
  }

  onEnd(clean: boolean): void {
    if (this.#over) return;
    this.#down.end();
    const upstream = this.#upstream;
    const unread = this.#requestBody.done || this.relaying ? null : this.#requestBody;
    const reusable = clean && unread === null && this.#answer?.keepAlive === true && this.#outgoing?.settled !== false;
    const by = this.#permit.grant === null ? "the route of" : "a grant for";
    this.#finish("allowed", "route", `allowed by ${by} ${this.#subject.host}`);
    if (upstream !== null && reusable) {
      // It may have been paused for a slow agent; idle, it must be heard closing.
      upstream.resume();
      this.#plane.pool.release(upstream);
    } else upstream?.destroy();
    this.#host.exchangeDone({ keepAlive: this.#agentKeepAlive && !this.relaying, unread });
  }

  onUpstreamDrain(): void {
    this.#host.resumeAgent();
  }

  onUpstreamLost(malformed: string | null): void {
    if (this.#over) return;
    const upstream = this.#upstream;
    this.#upstream = null;
    // The server closed a kept connection at the moment it was used again.
    const raced = malformed === null && upstream !== null && upstream.served > 1 && !upstream.responseStarted;
    if (raced && this.#replayable && !this.#retried) {
      this.#retried = true;
      this.#connect();
      return;
    }
    const what = malformed === null ? "closed the connection before its answer was complete" : `sent a malformed answer (${malformed})`;
    this.#giveUp(refuse("upstream-answer", `${this.#subject.host} ${what}`), false);
  }

  get #replayable(): boolean {
    const { request } = this.#permit;
    return request.body.kind === "none" && !request.websocket && REPLAYABLE.has(request.method);
  }

  #connect(): void {
    this.#plane.pool.connect(this.#permit.live.route, wantedProtocol(this.#permit.request)).then(
      (connection) => {
        if (this.#over) this.#plane.pool.release(connection);
        else this.#attach(connection);
      },
      (error: unknown) => this.#connectFailed(error),
    );
  }

  #connectFailed(error: unknown): void {
    if (error instanceof UpstreamFailure) this.#giveUp(refuse(error.rule, error.message, error.status), false);
    else this.#giveUp(refuse("upstream-unreachable", `${this.#subject.host} cannot be reached`), false);
  }

  #attach(connection: UpstreamConnection): void {
    this.#upstream = connection;
    connection.begin(this.#permit.request.method, this);
    this.#unsentRequestHead = upstreamHead(this.#permit);
    // Body bytes that are here already travel with the head.
    this.#host.wakeAgent();
  }

  #sendUp(upstream: UpstreamConnection, bytes: Buffer): boolean {
    this.#bytesUp += bytes.length;
    const head = this.#unsentRequestHead;
    if (head === null) return upstream.write(bytes);
    this.#unsentRequestHead = null;
    this.#bytesUp += head.length;
    if (bytes.length <= COMBINED_BYTES) return upstream.write(joinHead(head, bytes));
    upstream.write(head);
    return upstream.write(bytes);
  }

  /** From a 101 on both sides pass bytes until one of them closes. */
  #beginRelay(head: ResponseHead): boolean {
    if (!this.#permit.request.websocket || head.upgrade !== "websocket") {
      this.#answer = null;
      this.#giveUp(refuse("upstream-answer", `${this.#subject.host} switched protocols without being asked`), false);
      return false;
    }
    this.relaying = true;
    this.#outgoing = this.#scanOutgoing(true);
    this.#requestBody = createBodyScanner({ kind: "until-close" }, 0, () => true, this.#outgoing);
    this.#host.wakeAgent();
    return true;
  }

  #scanOutgoing(webSocket: boolean): OutgoingBody {
    return new OutgoingBody({ inspection: this.#plane.content, permit: this.#permit, host: this, webSocket });
  }

  #giveUp(refusal: Refusal, connectionEnds: boolean): void {
    if (this.#over) return;
    const answered = this.#answer !== null && this.#down.begun;
    const unread = this.#requestBody.done ? null : this.#requestBody;
    const status = answered ? (this.#answer?.status ?? null) : refusal.status;
    this.#finish(refusal.verdict, refusal.rule, refusal.reason, status, refusal.finding);
    this.#upstream?.destroy();
    if (answered) this.#host.breakAgent();
    else this.#host.exchangeRefused(refusal, connectionEnds ? null : unread);
  }

  #finish(
    verdict: "allowed" | "refused" | "failed",
    rule: Refusal["rule"],
    reason: string,
    status = this.#answer?.status ?? null,
    finding?: Refusal["finding"],
  ): void {
    this.#over = true;
    this.#outgoing?.stop();
    const { usage, notes } = this.#down.settle();
    this.#plane.log.record(this.#subject, this.#startedAt, {
      verdict,
      rule,
      reason: notes.length === 0 ? reason : [reason, ...notes].join("; "),
      status,
      finding,
      grantId: this.#permit.grant?.id,
      usage: usage ?? undefined,
      tokenRef: this.#permit.authorization?.tokenRef ?? null,
      bytesUp: this.#bytesUp,
      bytesDown: this.#down.bytes,
    });
  }
}
