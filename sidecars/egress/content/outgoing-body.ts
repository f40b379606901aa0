import type { PayloadSink } from "../http1/body-scanner.ts";
import type { Field } from "../http1/fields.ts";
import type { Permit } from "../policy/authorise.ts";
import type { Refusal } from "../policy/refusal.ts";
import type { BodyContent, BodyReport } from "./body-content.ts";
import { UnknownContent } from "./body-content.ts";
import { CodedContent, codingOf } from "./coded-content.ts";
import type { ContentInspection } from "./content-inspection.ts";
import { excerptOf, refuseFinding, refuseUnreadable, UNREADABLE } from "./finding.ts";
import { refuses } from "./head-scanner.ts";
import { PlainContent } from "./plain-content.ts";
import { WebSocketContent } from "./websocket-content.ts";

const CODING_OF_BODY = ["content-encoding"];
/** Remote calls compress message by message within a body. */
const CODINGS_OF_PARTS = ["grpc-encoding", "connect-content-encoding"];

/** Whoever sends on what was scanned. */
export interface OutgoingBodyHost {
  /** These bytes, framing included, may leave now. */
  forwardBody(bytes: Buffer): void;
  /** Nothing more may leave: what was taken and not forwarded never does. */
  refuseBody(refusal: Refusal): void;
  /** More can be taken. */
  bodyWanted(): void;
}

/**
 * A request's body between agent and upstream: taken as it comes with its framing, read for credentials, and let go in order. A piece
 * waits while a credential may have begun in it, at most for `heldBytes` more or for the body's end (DLP-2).
 */
export class OutgoingBody implements PayloadSink, BodyReport {
  readonly #inspection: ContentInspection;
  readonly #host: OutgoingBodyHost;
  readonly #hostName: string;
  readonly #allowFindings: readonly string[];
  readonly #content: BodyContent;
  #payload: Buffer[] = [];
  #held: Buffer[] = [];
  #heldBytes = 0;
  #read = 0;
  #over = false;
  #inTrailer: Refusal | null = null;
  /** While what was taken is being read; nothing can be taken meanwhile. */
  busy = false;

  constructor(parts: { inspection: ContentInspection; permit: Permit; host: OutgoingBodyHost; webSocket: boolean }) {
    const { inspection, permit, host } = parts;
    this.#inspection = inspection;
    this.#host = host;
    this.#hostName = permit.live.route.host;
    this.#allowFindings = permit.live.route.pipelock.allowFindings;
    const { detectors, limits } = inspection;
    this.#content = parts.webSocket ? new WebSocketContent(detectors, this, limits) : this.#contentOf(permit);
  }

  /** Whether everything that was taken has left. */
  get settled(): boolean {
    return !this.busy && this.#held.length === 0;
  }

  onPayload(bytes: Buffer): void {
    this.#payload.push(bytes);
  }

  onTrailer(field: Field): void {
    const finding = this.#inspection.heads.scanTrailer(field.line, field.name, this.#allowFindings);
    if (finding !== null) this.#inTrailer ??= refuseFinding(this.#hostName, finding);
  }

  /** `wire` is what the payload told of since the last call came in. */
  take(wire: Buffer, last: boolean): void {
    const payload = this.#payload.length === 1 ? (this.#payload[0] as Buffer) : Buffer.concat(this.#payload);
    this.#payload = [];
    if (this.#over) return;
    if (this.#inTrailer !== null) return this.#refuse(this.#inTrailer);
    this.#held.push(wire);
    this.#heldBytes += wire.length;
    this.busy = true;
    let atOnce = true;
    this.#content.read(payload, last, () => {
      this.busy = false;
      this.#read += payload.length;
      if (this.#over) return;
      this.#release(last || this.#content.open === false ? 0 : this.#inspection.limits.heldBytes);
      if (!atOnce) this.#host.bodyWanted();
    });
    atOnce = false;
  }

  /** The exchange is over. */
  stop(): void {
    this.#over = true;
    this.#content.stop();
    this.#held = [];
  }

  found(rule: string, secret: string): void {
    if (this.#over || !refuses(rule, this.#allowFindings)) return;
    const place = `after byte ${this.#read}`;
    this.#refuse(refuseFinding(this.#hostName, { rule, part: "body", place, excerpt: excerptOf(rule, secret) }));
  }

  unreadable(why: string): boolean {
    if (this.#allowFindings.includes(UNREADABLE)) return true;
    if (!this.#over) this.#refuse(refuseUnreadable(this.#hostName, why));
    return false;
  }

  /** Lets go of all pieces but the last ones that make up `kept` bytes. */
  #release(kept: number): void {
    while (this.#held.length > 0 && this.#heldBytes - (this.#held[0] as Buffer).length >= kept && !this.#over) {
      const piece = this.#held.shift() as Buffer;
      this.#heldBytes -= piece.length;
      this.#host.forwardBody(piece);
    }
  }

  #refuse(refusal: Refusal): void {
    this.stop();
    this.#host.refuseBody(refusal);
  }

  #contentOf(permit: Permit): BodyContent {
    const { detectors, limits } = this.#inspection;
    const coding = codingOf(permit, CODING_OF_BODY);
    const ofParts = codingOf(permit, CODINGS_OF_PARTS);
    if (!coding.known || !ofParts.known || ofParts.name !== null) {
      return this.#allowFindings.includes(UNREADABLE) ? new PlainContent(detectors, this, limits) : new UnknownContent(this);
    }
    if (coding.name === null) return new PlainContent(detectors, this, limits);
    return new CodedContent({ coding: coding.name, detectors, report: this, limits, room: this.#inspection.room });
  }
}
