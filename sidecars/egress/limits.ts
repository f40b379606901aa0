/** Bounds of one bottle's egress. The agent is hostile: whatever it can make grow has a number here. */
export interface EgressLimits {
  /** Agent connections at once of one bottle: an agent with its build tools opens dozens. Beyond, idle ones make room. */
  readonly connections: number;
  /** Requests at once on one HTTP/2 connection. */
  readonly streamsPerConnection: number;
  /** Requests at once on all HTTP/2 connections together. */
  readonly streams: number;
  /** Streams that one connection may reset in a burst, and every second after it. */
  readonly streamResets: number;
  readonly streamResetsPerSecond: number;
  /** Head of one request; large cookies and tokens fit. */
  readonly requestHeadBytes: number;
  /** Head of a CONNECT: a name and a few fields. */
  readonly connectHeadBytes: number;
  /** Head of a response; servers send more than clients (policies, cookies). */
  readonly responseHeadBytes: number;
  readonly headerFields: number;
  readonly trailerBytes: number;
  /** 1xx answers before the real one. */
  readonly interimResponses: number;
  /** A head that has begun must be complete by then, however slowly its bytes drip (slow loris). */
  readonly headMs: number;
  readonly handshakeMs: number;
  /** A tunnel between requests. Clients keep pools open for minutes. */
  readonly tunnelIdleMs: number;
  /** An exchange in which no byte moves: models think for minutes before they answer. */
  readonly exchangeIdleMs: number;
  /** A relayed WebSocket in which no byte moves. */
  readonly relayIdleMs: number;
  /** Address lookup, TCP and TLS to an upstream. */
  readonly upstreamConnectMs: number;
  /** After a final answer, for the agent to read it and go. */
  readonly lingerMs: number;
  /** What is read and thrown away of a body that nobody wants, so that the connection stays usable. */
  readonly drainBytes: number;
  readonly drainMs: number;
  readonly idleUpstreamsPerHost: number;
  /** Idle upstream connections are closed after this, or what the server announced in Keep-Alive. */
  readonly upstreamIdleMs: number;
  /** Requests that cannot be sent twice only use connections idle for less: many servers hang up after five seconds. */
  readonly upstreamFreshMs: number;
  /** TLS contexts of leaves, 13 KiB each. */
  readonly leafContexts: number;
  /** Hosts whose leaf is made before the first connection. */
  readonly preMintedHosts: number;
}

export const defaultLimits: EgressLimits = {
  connections: 1024,
  streamsPerConnection: 100,
  streams: 512,
  streamResets: 200,
  streamResetsPerSecond: 30,
  requestHeadBytes: 32 * 1024,
  connectHeadBytes: 8 * 1024,
  responseHeadBytes: 64 * 1024,
  headerFields: 200,
  trailerBytes: 8 * 1024,
  interimResponses: 16,
  headMs: 15_000,
  handshakeMs: 10_000,
  tunnelIdleMs: 300_000,
  exchangeIdleMs: 900_000,
  relayIdleMs: 3_600_000,
  upstreamConnectMs: 10_000,
  lingerMs: 2_000,
  drainBytes: 1024 * 1024,
  drainMs: 5_000,
  idleUpstreamsPerHost: 128,
  upstreamIdleMs: 30_000,
  upstreamFreshMs: 4_000,
  leafContexts: 256,
  preMintedHosts: 64,
};
