import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertificateAuthority } from "../../../main/sidecars/certificate-authority.ts";

const program = join(import.meta.dirname, "../../../.cache/bench/mitmproxy/bin/mitmdump");

interface MitmproxyStart {
  readonly folder: string;
  readonly host: string;
  readonly upstreamPort: number;
  readonly bottleCa: CertificateAuthority;
  readonly pinned: (core: "proxy", command: string, args: string[]) => [string, string[]];
}

/** Only where somebody put it: `python3 -m venv .cache/bench/mitmproxy && .cache/bench/mitmproxy/bin/pip install "mitmproxy<12"`. */
export async function startMitmproxy(stack: AsyncDisposableStack, start: MitmproxyStart): Promise<number | null> {
  if (!existsSync(program)) {
    console.error("mitmproxy is not in .cache/bench/mitmproxy: rpsVsMitmproxy is left out");
    return null;
  }
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn(...start.pinned("proxy", program, optionsOf(start, port)), { stdio: ["ignore", "pipe", "inherit"] });
  stack.defer(() => void child.kill());
  const started = await Promise.race([once(child.stdout, "data").then(() => true), once(child, "exit").then(() => false)]);
  if (!started) console.error("mitmproxy did not start: rpsVsMitmproxy is left out");
  return started ? port : null;
}

function optionsOf({ folder, host, upstreamPort, bottleCa }: MitmproxyStart, port: number): string[] {
  const confdir = join(folder, "mitm");
  mkdirSync(confdir);
  writeFileSync(join(confdir, "mitmproxy-ca.pem"), bottleCa.keyPem + bottleCa.certificatePem);
  const script = join(folder, "policy.py");
  writeFileSync(script, policy(host, upstreamPort));
  const settings = [
    `confdir=${confdir}`,
    "connection_strategy=lazy",
    "http2=false",
    `ssl_verify_upstream_trusted_ca=${join(folder, "internet.pem")}`,
  ];
  return ["-q", "--listen-host", "127.0.0.1", "-p", String(port), ...settings.flatMap((setting) => ["--set", setting]), "-s", script];
}

/** The same job: an allowlist and an injected credential. */
function policy(host: string, upstreamPort: number): string {
  return `
import socket
from mitmproxy import http

# The name leads to the benchmark's server. Given another address in its server_connect hook instead, mitmproxy takes no connection
# for one that it could use again, opens one a request, and stops at the sixth.
resolve = socket.getaddrinfo
def here(host, port, *rest, **named):
    if host == "${host}":
        return resolve("127.0.0.1", ${upstreamPort}, *rest, **named)
    return resolve(host, port, *rest, **named)
socket.getaddrinfo = here

def running():
    print("ready", flush=True)
def request(flow):
    if flow.request.pretty_host != "${host}" or not flow.request.path.startswith("/v1"):
        flow.response = http.Response.make(403)
        return
    flow.request.headers["Authorization"] = "Bearer token"
`;
}
