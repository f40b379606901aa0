import type { Dialect } from "./lane.ts";
import type { Random } from "./random.ts";

/** Requests as clients send them; `HOST` stands for the tunnel's host. */
const SEEDS: readonly string[] = [
  "GET /api HTTP/1.1\r\nHost: HOST\r\n\r\n",
  "GET /api/items?key=agent-key&q=1 HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer agent-own\r\nAccept: */*\r\n\r\n",
  "POST /api/items HTTP/1.1\r\nHost: HOST\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world",
  "POST /api HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
  "POST /api HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
  "PUT /api/%7Euser/a%20b HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok",
  "GET https://HOST/api/x HTTP/1.1\r\nHost: HOST:443\r\nConnection: close\r\n\r\n",
  "GET /api HTTP/1.1\r\nHost: HOST\r\nCookie: session=agent-own; theme=dark\r\nX-Api-Key: agent-own\r\n\r\n",
  "GET /api HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
  "HEAD /api/head HTTP/1.1\r\nHost: HOST\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n\r\n",
  "DELETE /api HTTP/1.1\r\nHost: HOST\r\n\r\n",
  "GET /admin HTTP/1.1\r\nHost: HOST\r\n\r\n",
  "GET /api/../admin HTTP/1.1\r\nHost: HOST\r\n\r\n",
];

/** What request smuggling, path tricks and sloppy parsers are made of. */
export const MORSELS: readonly string[] = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ";",
  ",",
  "\r\n\r\n",
  "\r\n ",
  "\n\n",
  "\x0b",
  "\x7f",
  "\x85",
  "\xa0",
  "\xff",
  "Host: evil.example\r\n",
  "Host: HOST\r\n",
  "Host:HOST\r\n",
  "host : HOST\r\n",
  "Content-Length: 0\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: +5\r\n",
  "Content-Length: 0x5\r\n",
  "Content-Length: 5, 5\r\n",
  "Content_Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: xchunked\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "Transfer-Encoding:\tchunked\r\n",
  "Transfer-Encoding : chunked\r\n",
  "Transfer-Encoding: chunked\r\n , identity\r\n",
  "TE: trailers\r\n",
  "Connection: Content-Length\r\n",
  "Connection: Transfer-Encoding\r\n",
  "Connection: Host\r\n",
  "Connection: close\r\n",
  "Authorization: Bearer agent-own\r\n",
  "Proxy-Authorization: Basic agent-own\r\n",
  "X_Api_Key: agent-own\r\n",
  "Expect: 100-continue\r\n",
  "X-HTTP-Method-Override: DELETE\r\n",
  "X-Original-URL: /admin\r\n",
  "Upgrade: h2c\r\n",
  "Upgrade: websocket\r\n",
  "0\r\n\r\n",
  "5\r\n",
  "5;x=y\r\n",
  "ffffffffffffffff\r\n",
  "00000005\r\n",
  "GET /admin HTTP/1.1\r\nHost: HOST\r\n\r\n",
  "/",
  "//",
  "/..",
  "/../",
  "/./",
  "/%2e%2e/",
  "%2f",
  "%5c",
  "\\",
  "%00",
  "%0d%0a",
  "%252e",
  "%c0%ae",
  "%u002e",
  "..;/",
  "?",
  "#",
  "@evil.example",
  "%",
  "https://evil.example/api",
  "http://HOST/api",
  "HTTP/1.0",
  "HTTP/2.0",
  "HTTP/1.1",
  "GET",
  "POST",
  "CONNECT",
  "TRACE",
  "get",
  "PRI * HTTP/2.0",
]; // prettier-ignore

/** Requests as they are, several in a row, and with some of them changed. */
export function speakHttp1(host: string): Dialect {
  return {
    protocol: "http/1.1",
    opening: Buffer.alloc(0),
    usedUp: false,
    nextCase(random) {
      let text = random.of(SEEDS);
      if (random.chance(15)) text += random.of(SEEDS);
      for (let changes = random.below(5); changes > 0; changes -= 1) text = changed(text, random);
      return cut(Buffer.from(text.replaceAll("HOST", host), "latin1"), random);
    },
    probe: (path) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, "latin1"),
  };
}

export function changed(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random.below(8));
    case 2:
      return withLine(text, random, (lines, line) => lines.splice(line, 0, lines[random.below(lines.length)] as string));
    case 3:
      return withLine(text, random, (lines, line) => lines.splice(line, 1));
    case 4:
      return text.slice(0, at) + random.of(SEEDS).slice(random.below(20));
    case 5:
      return withLine(text, random, (lines, line) => lines.splice(line, 0, random.of(MORSELS).trimEnd()));
    default:
      return text.slice(0, at) + random.of(MORSELS) + text.slice(at);
  }
}

function withLine(text: string, random: Random, change: (lines: string[], line: number) => void): string {
  const lines = text.split("\r\n");
  change(lines, random.below(lines.length));
  return lines.join("\r\n");
}

function cut(bytes: Buffer, random: Random): Buffer[] {
  if (bytes.length < 2 || random.chance(70)) return [bytes];
  const at = 1 + random.below(bytes.length - 1);
  return [bytes.subarray(0, at), ...cut(bytes.subarray(at), random)];
}
