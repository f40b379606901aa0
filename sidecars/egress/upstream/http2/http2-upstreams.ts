import type { ClientHttp2Session, ClientSessionOptions } from "node:http2";
import { connect as connectHttp2 } from "node:http2";
import type { Route } from "#common/domain/route.ts";
import type { EgressClock } from "../../clock.ts";
import type { EgressLimits } from "../../limits.ts";
import type { UpstreamConnector } from "../connector.ts";
import { UpstreamFailure } from "../connector.ts";
import { UpstreamStream } from "./upstream-stream.ts";

interface Upstream {
  readonly opening: Promise<ClientHttp2Session>;
  /** Null until it is open. */
  session: ClientHttp2Session | null;
  served: number;
  open: number;
  idleSince: number;
}

/** One HTTP/2 connection for each host that needs it; a connection never serves another host than the one it was verified for. */
export class Http2Upstreams {
  readonly #connector: UpstreamConnector;
  readonly #clock: EgressClock;
  readonly #limits: EgressLimits;
  readonly #upstreams = new Map<string, Upstream>();

  constructor(parts: { connector: UpstreamConnector; clock: EgressClock; limits: EgressLimits }) {
    this.#connector = parts.connector;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
  }

  /** A stream on the open connection, or null. */
  takeOpen(host: string): UpstreamStream | null {
    const upstream = this.#upstreams.get(host);
    return upstream?.session === null || upstream?.session === undefined ? null : this.#stream(host, upstream, upstream.session);
  }

  async take(route: Route): Promise<UpstreamStream> {
    const { host } = route;
    const upstream = this.#upstreams.get(host) ?? this.#open(route);
    return this.#stream(host, upstream, await upstream.opening);
  }

  /** Requests under way go on; the next one opens another connection. */
  forget(host: string): void {
    const upstream = this.#upstreams.get(host);
    this.#upstreams.delete(host);
    upstream?.opening.then(
      (session) => session.close(),
      () => undefined,
    );
  }

  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [host, { open, idleSince }] of this.#upstreams) {
      if (open === 0 && now - idleSince > this.#limits.upstreamIdleMs) this.forget(host);
    }
  }

  close(): void {
    for (const { session } of this.#upstreams.values()) session?.destroy();
    for (const host of this.#upstreams.keys()) this.forget(host);
  }

  #open(route: Route): Upstream {
    const { host } = route;
    const opening = this.#openSession(route);
    const upstream: Upstream = { opening, session: null, served: 0, open: 0, idleSince: this.#clock.monotonic() };
    this.#upstreams.set(host, upstream);
    const lost = () => {
      if (this.#upstreams.get(host) === upstream) this.#upstreams.delete(host);
    };
    opening.then((session) => {
      upstream.session = session;
      session.once("close", lost);
      // The server takes no more requests; those under way go on.
      session.once("goaway", lost);
    }, lost);
    return upstream;
  }

  async #openSession(route: Route): Promise<ClientHttp2Session> {
    const { tls } = await this.#connector.connect(route, "h2");
    if (tls.alpnProtocol !== "h2") {
      tls.destroy();
      throw new UpstreamFailure("upstream-unreachable", `${route.host} does not speak HTTP/2, which this request needs`, 502);
    }
    const session = connectHttp2(`https://${route.host}`, { ...sessionOptions(this.#limits), createConnection: () => tls });
    // An error is always followed by close, where it is dealt with.
    session.on("error", () => undefined);
    session.once("connect", () => session.setLocalWindowSize(CONNECTION_WINDOW));
    return session;
  }

  #stream(host: string, upstream: Upstream, session: ClientHttp2Session): UpstreamStream {
    upstream.served += 1;
    upstream.open += 1;
    const closed = () => {
      upstream.open -= 1;
      upstream.idleSince = this.#clock.monotonic();
    };
    return new UpstreamStream({ host, session, served: upstream.served, limits: this.#limits, closed });
  }
}

// What a server far away may send before it hears from us again: 64 KiB, the default, is a megabyte a second at 60 ms.
const CONNECTION_WINDOW = 8 * 1024 * 1024;
const STREAM_WINDOW = 1024 * 1024;

type SessionLimits = ClientSessionOptions & { strictSingleValueFields: boolean };

function sessionOptions(limits: EgressLimits): SessionLimits {
  return {
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: limits.responseHeadBytes },
    maxHeaderListPairs: limits.headerFields * 2,
    maxSendHeaderBlockLength: limits.requestHeadBytes * 2,
    maxReservedRemoteStreams: 0,
    strictSingleValueFields: false,
  };
}
