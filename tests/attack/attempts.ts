/** One thing an agent might try from inside its bottle, and what must come of it. */
export interface Attempt {
  readonly name: string;
  /** Arguments of probe.py. */
  readonly probe: readonly string[];
  /** What the probe may print. */
  readonly outcome: RegExp;
  /** The rule of the event that egress must have written, where the attempt reaches egress at all (EGR-7). */
  readonly rule?: RegExp;
}

const OK = "allowed.world.test";
const CRLF = "\\r\\n";

function request(line: string, ...headers: string[]): string {
  return [line, ...headers, "", ""].join(CRLF);
}

/** A whole, honest request to another host. */
function toHost(host: string): readonly string[] {
  return ["tunnel", `${host}:443`, host, request("GET /api/ HTTP/1.1", `Host: ${host}`)];
}

function inTunnel(name: string, text: string, outcome: RegExp, rule: RegExp, sni = OK): Attempt {
  return { name, probe: ["tunnel", `${OK}:443`, sni, text], outcome, rule };
}

/** 501 is what RFC 9112 asks for where a transfer coding is not known. */
const REFUSED = /^(4\d\d|501)$/;
const UNREACHABLE = /^failed (Network is unreachable|No route to host)$/;

/** Ways to a host, port or path that no route allows (EGR-2). */
export const routeAttempts: readonly Attempt[] = [
  {
    name: "an unlisted host",
    probe: toHost("blocked.world.test"),
    outcome: /^403$/,
    rule: /^no-route$/,
  },
  {
    name: "CONNECT to another port of an allowed host",
    probe: ["tunnel", `${OK}:22`, "-", ""],
    outcome: /^connect-4\d\d$/,
    rule: /^port$/,
  },
  { name: "CONNECT to an IP address", probe: ["tunnel", "93.184.216.34:443", "-", ""], outcome: /^connect-4\d\d$/ },
  { name: "CONNECT to an IPv6 address", probe: ["tunnel", "[2606:2800:220:1::]:443", "-", ""], outcome: /^connect-4\d\d$/ },
  { name: "CONNECT to an address written as one number", probe: ["tunnel", "2130706433:443", "-", ""], outcome: /^connect-4\d\d$/ },
  { name: "CONNECT with a NUL in the host", probe: ["raw", request(`CONNECT ${OK}\\x00.evil.test:443 HTTP/1.1`)], outcome: REFUSED },
  { name: "CONNECT with userinfo", probe: ["raw", request(`CONNECT ${OK}@evil.test:443 HTTP/1.1`)], outcome: REFUSED },
  {
    name: "a name that only starts like an allowed one",
    probe: toHost(`${OK}.evil.test`),
    outcome: /^403$/,
    rule: /^no-route$/,
  },
  {
    name: "a subdomain of an allowed host",
    probe: toHost(`sub.${OK}`),
    outcome: /^403$/,
    rule: /^no-route$/,
  },
  {
    name: "plain HTTP to an allowed host",
    probe: ["raw", request(`GET http://${OK}/ HTTP/1.1`, `Host: ${OK}`)],
    outcome: /^403$/,
    rule: /^tls-required$/,
  },
  {
    name: "plain HTTP, absolute form, another Host",
    probe: ["raw", request(`GET http://${OK}/ HTTP/1.1`, "Host: evil.test")],
    outcome: REFUSED,
  },
  { name: "origin-form request to the proxy itself", probe: ["raw", request("GET / HTTP/1.1", "Host: egress")], outcome: REFUSED },
  {
    name: "plain HTTP inside a tunnel",
    probe: ["plain-in-tunnel", `${OK}:443`, request("GET / HTTP/1.1", `Host: ${OK}`)],
    outcome: /^(4\d\d|closed|failed .*)$/,
  },
  { name: "SSH inside a tunnel", probe: ["plain-in-tunnel", `${OK}:443`, "SSH-2.0-probe\\r\\n"], outcome: /^(4\d\d|closed|failed .*)$/ },
  inTunnel("SNI of another host", request("GET / HTTP/1.1", `Host: ${OK}`), /^(4\d\d|tls-refused|closed)$/, /^sni-mismatch$/, "evil.test"),
  inTunnel("Host of another host", request("GET / HTTP/1.1", "Host: evil.test"), REFUSED, /^host-mismatch$/),
  inTunnel("Host with another port", request("GET / HTTP/1.1", `Host: ${OK}:8443`), REFUSED, /^(host-mismatch|malformed-request)$/),
  inTunnel(
    "absolute-form of another host",
    request("GET https://evil.test/ HTTP/1.1", `Host: ${OK}`),
    REFUSED,
    /^(host-mismatch|malformed-request)$/,
  ),
  inTunnel("a method that the route does not allow", request("DELETE /api/x HTTP/1.1", `Host: ${OK}`), /^403$/, /^method$/),
  inTunnel("a path that the route does not allow", request("GET /admin HTTP/1.1", `Host: ${OK}`), /^403$/, /^path$/),
  inTunnel("CONNECT inside the tunnel", request("CONNECT evil.test:443 HTTP/1.1", "Host: evil.test:443"), REFUSED, /.*/),
  inTunnel(
    "an upgrade to WebSocket",
    request("GET /api/ws HTTP/1.1", `Host: ${OK}`, "Connection: Upgrade", "Upgrade: websocket"),
    REFUSED,
    /^websocket$/,
  ),
];

const TRAVERSALS = [
  "/api/../admin",
  "/api/%2e%2e/admin",
  "/api/%2E%2E/admin",
  "/api/.%2e/admin",
  "/api/..%2fadmin",
  "/api/%2e%2e%2fadmin",
  "/api/%252e%252e/admin",
  "/api/..\\\\admin",
  "/api/%5c..%5cadmin",
  "/api//admin",
  "/api/./admin",
  "/api/%2e/admin",
  "/api/%00/admin",
  "/api/..;/admin",
  "/api/\\xc0\\xae\\xc0\\xae/admin",
  "/api/%c0%ae%c0%ae/admin",
  "//evil.test/api/",
  "/api%2fadmin",
];

/** Every spelling of leaving the allowed prefix: refused before anything is forwarded. */
export const traversalAttempts: readonly Attempt[] = TRAVERSALS.map((path) =>
  inTunnel(`path ${path}`, request(`GET ${path} HTTP/1.1`, `Host: ${OK}`), REFUSED, /^(path|path-encoding|malformed-request)$/),
);

/** Requests that two parsers could read differently (request smuggling). */
export const framingAttempts: readonly Attempt[] = [
  ["duplicate Host", request("GET /api/ HTTP/1.1", `Host: ${OK}`, "Host: evil.test")],
  ["the same Host twice", request("GET /api/ HTTP/1.1", `Host: ${OK}`, `Host: ${OK}`)],
  ["no Host", request("GET /api/ HTTP/1.1", "Accept: */*")],
  [
    "Content-Length and Transfer-Encoding",
    `${request("POST /api/ HTTP/1.1", `Host: ${OK}`, "Content-Length: 5", "Transfer-Encoding: chunked")}0${CRLF}${CRLF}`,
  ],
  ["two Content-Lengths", request("POST /api/ HTTP/1.1", `Host: ${OK}`, "Content-Length: 0", "Content-Length: 5")],
  ["Content-Length with a sign", request("POST /api/ HTTP/1.1", `Host: ${OK}`, "Content-Length: +0")],
  ["Transfer-Encoding other than chunked", request("POST /api/ HTTP/1.1", `Host: ${OK}`, "Transfer-Encoding: gzip, chunked")],
  ["Transfer-Encoding in disguise", request("POST /api/ HTTP/1.1", `Host: ${OK}`, "Transfer-Encoding: \\x0bchunked")],
  ["HTTP/1.0 with Transfer-Encoding", request("POST /api/ HTTP/1.0", `Host: ${OK}`, "Transfer-Encoding: chunked")],
  ["a space before the colon", request("GET /api/ HTTP/1.1", `Host : ${OK}`)],
  ["a folded header", request("GET /api/ HTTP/1.1", `Host: ${OK}`, "X-A: b", " folded")],
  ["bare line feeds", `GET /api/ HTTP/1.1\\nHost: ${OK}\\n\\n`],
  ["a NUL in a header", request("GET /api/ HTTP/1.1", `Host: ${OK}`, "X-A: a\\x00b")],
  ["a leading empty line with a second request line", `${CRLF}GET /admin HTTP/1.1${CRLF}Host: ${OK}${CRLF}${CRLF}`],
  ["HTTP/2 by prior knowledge", "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n"],
  ["an unknown version", request("GET /api/ HTTP/3.0", `Host: ${OK}`)],
].map(([name, text]) => inTunnel(name as string, text as string, REFUSED, /.*/));

/** Ways around the proxy. Only addresses of the bottle's own networks, or ones it has no route to, are tried. */
export function networkAttempts(addresses: {
  world: string;
  gateways: readonly string[];
  neighbour: string;
  bundle: string;
  hostPort: string;
}): readonly Attempt[] {
  const closed = /^failed (?!.*open)/;
  return [
    { name: "direct TCP to a container on the egress network", probe: ["tcp", addresses.world, "443"], outcome: closed },
    { name: "direct TCP to an outside address", probe: ["tcp", "192.0.2.1", "443"], outcome: UNREACHABLE },
    { name: "the metadata address", probe: ["tcp", "169.254.169.254", "80"], outcome: UNREACHABLE },
    { name: "an outside address over IPv6", probe: ["tcp", "2001:db8::1", "443"], outcome: closed },
    ...addresses.gateways.map((gateway) => ({
      name: `the host by gateway ${gateway}`,
      probe: ["tcp", gateway, addresses.hostPort],
      outcome: closed,
    })),
    { name: "the neighbour bottle's agent or bundle", probe: ["tcp", addresses.neighbour, "9099"], outcome: closed },
    { name: "a port of the bundle that is not the agent's", probe: ["tcp", addresses.bundle, "8888"], outcome: closed },
    { name: "the name of an allowed host", probe: ["resolve", OK], outcome: closed },
    { name: "the name of a blocked host", probe: ["resolve", "blocked.world.test"], outcome: closed },
    { name: "data in a DNS name", probe: ["resolve", "c2VjcmV0.exfil.test"], outcome: closed },
    {
      name: "a DNS query to the bundle for an outside name",
      probe: ["udp-dns", addresses.bundle, "exfil.test"],
      outcome: /^(rcode-[35]-answers-0|failed .*)$/,
    },
    {
      name: "a DNS query to the engine's resolver for an outside name",
      probe: ["udp-dns", "127.0.0.11", "exfil.test"],
      outcome: /^(rcode-[235]-answers-0|failed .*)$/,
    },
    { name: "a DNS query to a container on the egress network", probe: ["udp-dns", addresses.world, "exfil.test"], outcome: closed },
  ];
}
