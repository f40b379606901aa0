import type { RequestHead } from "../http1/request-head.ts";

/** `http2` where the request cannot do without; else HTTP/1.1 wherever the server speaks it: HTTP/2 to a server costs twice as much. */
export type WantedProtocol = "any" | "http2";

const GRPC = /^application\/grpc(?:$|[+;])/i;

/** gRPC exists over HTTP/2 only. */
export function wantedProtocol({ method, fields }: RequestHead): WantedProtocol {
  if (method !== "POST") return "any";
  return fields.some(({ name, value }) => name === "content-type" && GRPC.test(value)) ? "http2" : "any";
}
