import type { ResponseSink } from "../http1/response-reader.ts";

/** The exchange that an upstream connection works for. */
export interface UpstreamUser extends ResponseSink {
  /** What was written has gone out; more may follow. */
  onUpstreamDrain(): void;
  /** The connection is gone before the response was complete. `malformed` says what was wrong with the response, if that was why. */
  onUpstreamLost(malformed: string | null): void;
}

/** A way to a route's host for one exchange at a time. Both sides write and read HTTP/1.1, whatever the server speaks. */
export interface UpstreamConnection {
  readonly host: string;
  /** Whether any byte of the current response has come. */
  readonly responseStarted: boolean;
  /** Exchanges begun on the server's connection. */
  readonly served: number;
  /** How long the server keeps it open unused, where it said so. */
  keepAliveMs: number | null;
  begin(method: string, user: UpstreamUser): void;
  /** The exchange is over; what still comes is nobody's. */
  end(): void;
  /** The request's head comes whole and first. False when the server reads slower than we write. */
  write(bytes: Buffer | string): boolean;
  pause(): void;
  resume(): void;
  destroy(): void;
}
