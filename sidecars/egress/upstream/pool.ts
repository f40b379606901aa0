import type { Route } from "#common/domain/route.ts";
import type { EgressClock } from "../clock.ts";
import type { EgressLimits } from "../limits.ts";
import type { UpstreamConnector } from "./connector.ts";
import { UpstreamFailure } from "./connector.ts";
import { Http1Upstream } from "./http1-upstream.ts";
import { Http2Upstreams } from "./http2/http2-upstreams.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import type { WantedProtocol } from "./wanted-protocol.ts";

interface Warming {
  readonly opening: Promise<Http1Upstream>;
  taken: boolean;
}

/** Idle keep-alive connections by route host. A connection never serves another host than the one it was verified for. */
export class UpstreamPool {
  readonly #connector: UpstreamConnector;
  readonly #clock: EgressClock;
  readonly #limits: EgressLimits;
  readonly #idle = new Map<string, Http1Upstream[]>();
  /** Connections begun at CONNECT, ahead of the first request. */
  readonly #warming = new Map<string, Warming>();
  readonly #open = new Set<Http1Upstream>();
  readonly #http2: Http2Upstreams;
  /** Hosts that refused to speak HTTP/1.1. */
  readonly #http2Only = new Set<string>();
  /** Grows when a host's connections must not be used any more. */
  readonly #generations = new Map<string, number>();
  #closed = false;

  constructor(parts: { connector: UpstreamConnector; clock: EgressClock; limits: EgressLimits }) {
    this.#connector = parts.connector;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#http2 = new Http2Upstreams(parts);
  }

  /** The most recently used connection that was idle for less than `maxIdleMs`. */
  takeIdle(host: string, maxIdleMs: number, wanted: WantedProtocol = "any"): UpstreamConnection | null {
    if (wanted === "http2" || this.#http2Only.has(host)) return this.#http2.takeOpen(host);
    const idle = this.#idle.get(host);
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      const idleMs = this.#clock.monotonic() - connection.idleSince;
      if (connection.usable && idleMs < Math.min(maxIdleMs, this.#idleLimit(connection))) return connection;
      connection.destroy();
    }
    return null;
  }

  /** Starts connecting unless something is there already; failures show when a request needs it. */
  warm(route: Route): void {
    const { host } = route;
    if (this.#closed || this.#http2Only.has(host) || this.#warming.has(host) || (this.#idle.get(host)?.length ?? 0) > 0) return;
    const warming: Warming = { opening: this.#openConnection(route), taken: false };
    this.#warming.set(host, warming);
    const settle = () => {
      if (this.#warming.get(host) === warming) this.#warming.delete(host);
    };
    warming.opening.then((connection) => {
      settle();
      if (!warming.taken) this.release(connection);
    }, settle);
  }

  async connect(route: Route, wanted: WantedProtocol = "any"): Promise<UpstreamConnection> {
    if (wanted === "http2" || this.#http2Only.has(route.host)) return this.#http2.take(route);
    try {
      return await this.#connectHttp1(route);
    } catch (error) {
      if (!(error instanceof UpstreamFailure && error.protocolRefused)) throw error;
      this.#http2Only.add(route.host);
      return this.#http2.take(route);
    }
  }

  /** Takes back a connection whose exchange ended cleanly. */
  release(connection: UpstreamConnection): void {
    connection.end();
    if (!(connection instanceof Http1Upstream)) return;
    const idle = this.#idleOf(connection.host);
    const current = connection.generation === this.#generationOf(connection.host);
    if (this.#closed || !current || !connection.usable || idle.length >= this.#limits.idleUpstreamsPerHost) {
      connection.destroy();
      return;
    }
    connection.idleSince = this.#clock.monotonic();
    idle.push(connection);
  }

  /** The host's route changed: what is idle or being opened under the old one is not used any more. */
  forget(host: string): void {
    this.#generations.set(host, this.#generationOf(host) + 1);
    this.#warming.delete(host);
    this.#http2Only.delete(host);
    this.#http2.forget(host);
    for (const connection of this.#idle.get(host) ?? []) connection.destroy();
    this.#idle.delete(host);
  }

  sweep(): void {
    this.#http2.sweep();
    const now = this.#clock.monotonic();
    for (const [host, idle] of this.#idle) {
      const kept = idle.filter((connection) => connection.usable && now - connection.idleSince < this.#idleLimit(connection));
      for (const connection of idle) if (!kept.includes(connection)) connection.destroy();
      if (kept.length === 0) this.#idle.delete(host);
      else this.#idle.set(host, kept);
    }
  }

  close(): void {
    this.#closed = true;
    this.#http2.close();
    for (const connection of this.#open) connection.destroy();
    this.#idle.clear();
  }

  #connectHttp1(route: Route): Promise<Http1Upstream> {
    const warming = this.#warming.get(route.host);
    if (warming === undefined) return this.#openConnection(route);
    this.#warming.delete(route.host);
    warming.taken = true;
    return warming.opening;
  }

  async #openConnection(route: Route): Promise<Http1Upstream> {
    const { host } = route;
    const generation = this.#generationOf(host);
    const upstream = await this.#connector.connect(route, "http/1.1");
    const connection = new Http1Upstream({ host, upstream, generation, limits: this.#limits });
    this.#open.add(connection);
    connection.onClosed = () => this.#open.delete(connection);
    if (this.#closed) connection.destroy();
    return connection;
  }

  #generationOf(host: string): number {
    return this.#generations.get(host) ?? 0;
  }

  #idleOf(host: string): Http1Upstream[] {
    const known = this.#idle.get(host);
    if (known !== undefined) return known;
    const fresh: Http1Upstream[] = [];
    this.#idle.set(host, fresh);
    return fresh;
  }

  // A second less than the server's own limit, so that it does not hang up on a request in flight.
  #idleLimit(connection: Http1Upstream): number {
    return connection.keepAliveMs === null ? this.#limits.upstreamIdleMs : Math.max(0, connection.keepAliveMs - 1000);
  }
}
