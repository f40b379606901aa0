import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { internetLeaves } from "../../unit/sidecars/egress/harness.ts";

/** A request as Node's own strict parser reads what egress sent. */
export interface Witnessed {
  readonly host: string;
  readonly method: string;
  readonly target: string;
  /** Whether its body came to its end. */
  complete: boolean;
}

export interface Witness extends AsyncDisposable {
  readonly port: number;
  /** By the host that the connection was verified for; what was taken is forgotten. */
  take(host: string): Witnessed[];
  /** What should never be. */
  readonly wrongs: string[];
}

/** The only credential that may come to a host, and the way it may come. */
export function credentialOf(host: string): string {
  return `credential-of-${host.replaceAll(".", "-")}`;
}

/** The internet as a witness: an independent parser that says what arrived, and where it should not have. */
export async function startWitness(): Promise<Witness> {
  const seen = new Map<string, Witnessed[]>();
  const wrongs: string[] = [];
  /** Connections on which a request's head has arrived and its end has not. */
  const unfinished = new WeakSet<object>();
  const server = createServer({ SNICallback: (name, done) => done(null, internetLeaves.contextFor(name)) }, (request, response) => {
    const host = servernameOf(request);
    const witnessed: Witnessed = { host, method: request.method ?? "", target: request.url ?? "", complete: false };
    seen.set(host, [...(seen.get(host) ?? []), witnessed]);
    unfinished.add(request.socket);
    wrongs.push(...wrongsOf(host, request));
    request.resume();
    request.on("error", () => undefined);
    request.on("end", () => {
      witnessed.complete = request.complete;
      unfinished.delete(request.socket);
      response.end("seen");
    });
  });
  server.on("clientError", (error: Error & { code?: string; rawPacket?: Buffer }, socket) => {
    // Within a body or its trailers: how a request ends that turns out malformed there. It never arrives complete, which is looked at.
    const isCut = ["ECONNRESET", "HPE_INVALID_EOF_STATE", "EPIPE"].includes(error.code ?? "") || unfinished.has(socket);
    if (!isCut) wrongs.push(`Node's parser refuses what was sent: ${error.code} in ${JSON.stringify(error.rawPacket?.toString("latin1"))}`);
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    wrongs,
    take(host) {
      const taken = seen.get(host) ?? [];
      seen.delete(host);
      return taken;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function servernameOf(request: IncomingMessage): string {
  return String("servername" in request.socket ? request.socket.servername : "");
}

const CREDENTIAL = /credential-of-[a-z0-9-]+/g;

function wrongsOf(host: string, request: IncomingMessage): string[] {
  const wrongs: string[] = [];
  const head = `${request.method} ${request.url}\n${request.rawHeaders.join("\n")}`;
  const own = `Bearer ${credentialOf(host)}`;
  if (request.headers.host !== host) wrongs.push(`a request to ${host} names ${request.headers.host}`);
  if (request.headers.authorization !== own) wrongs.push(`a request to ${host} came without its credential`);
  if ([...head.matchAll(CREDENTIAL)].length !== 1) wrongs.push(`a credential came to ${host} in another place or twice`);
  if (agentCredential(request)) wrongs.push(`a credential of the agent came to ${host}`);
  if (!/^(?:GET|POST|PUT|HEAD)$/.test(request.method ?? "")) wrongs.push(`${request.method} came to ${host}`);
  if (!isBelowApi(request.url ?? "")) wrongs.push(`${request.url} came to ${host}`);
  return wrongs;
}

/** What the routes say is stripped: a field, a cookie and a query key. */
function agentCredential({ headers, url }: IncomingMessage): boolean {
  const names = Object.keys(headers).map((name) => name.replaceAll("_", "-"));
  const cookies = (headers.cookie ?? "").split(";").map((pair) => pair.split("=", 1)[0]?.trim());
  const keys = (url ?? "")
    .replace(/^[^?]*\??/, "")
    .split("&")
    .map((pair) => pair.split("=", 1)[0]?.toLowerCase());
  return names.includes("x-api-key") || cookies.includes("session") || keys.includes("key");
}

/** By the readings of a browser, and of servers that decode before they resolve, or twice, or take backslashes for slashes. */
function isBelowApi(target: string): boolean {
  const path = target.replace(/\?.*$/, "");
  const once = decoded(path);
  return [path, once, decoded(once)].every((reading) => {
    const resolved = new URL(reading.replaceAll("\\", "/"), "https://witness").pathname;
    return /^\/api(?:$|\/)/.test(resolved) && !reading.includes("//");
  });
}

function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
