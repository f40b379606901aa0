import type { ScriptAttempt } from "./scripts.ts";

const URL = "http://supervise:9100/mcp";
const HEADERS = "-H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream'";

/** One call of a tool, its arguments as JSON text; prints the answer's text. */
function call(tool: string, args: string): string {
  const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}`;
  return `curl -sS -m 20 ${HEADERS} --data-binary @- ${URL} <<'END'\n${message}\nEND`;
}

function refusedCall(name: string, tool: string, args: string, reason = /was not filed/): ScriptAttempt {
  return { name, script: call(tool, args), outcome: new RegExp(`${reason.source}[\\s\\S]*exit 0$`, "i") };
}

/** A call that takes no part in any conversation: what the server says of it, by status. */
function sent(name: string, options: string, outcome: RegExp): ScriptAttempt {
  return { name, script: `curl -sS -m 20 -o /tmp/answer -w '%{http_code}' ${options}`, outcome };
}

const WHY = '"justification":"please"';
const ask = (host: string, more = "") => `{"host":${JSON.stringify(host)},${more}${WHY}}`;
const REJECTED = /^4\d\d\nexit \d+$/;

/** What no proposal may hold (SUP-3). */
export const proposalAttempts: readonly ScriptAttempt[] = [
  refusedCall("a wildcard", "egress-block", ask("*.example.org")),
  refusedCall("a public suffix", "egress-block", ask("co.uk")),
  refusedCall("a host with a port", "egress-block", ask("api.example.org:8443")),
  refusedCall("a URL in place of a host", "egress-block", ask("https://api.example.org/")),
  refusedCall("userinfo in a host", "egress-block", ask("api.example.org@evil.example")),
  refusedCall("an address", "egress-block", ask("169.254.169.254")),
  refusedCall("an address as one number", "egress-block", ask("2852039166")),
  refusedCall("a sidecar", "egress-block", ask("supervise")),
  refusedCall("the machine itself", "egress-block", ask("localhost")),
  refusedCall("a right-to-left override in a host", "egress-block", ask("api.\u202egro.elpmaxe")),
  refusedCall("a control character in a host", "egress-block", ask("api.example.org\u0007")),
  refusedCall("a traversal in a path", "egress-block", ask("api.example.org", '"path_allowlist":["/a/../b"],')),
  refusedCall("an encoded traversal in a path", "egress-block", ask("api.example.org", '"path_allowlist":["/a/%2e%2e/b"],')),
  refusedCall("a wildcard in a path", "egress-block", ask("api.example.org", '"path_allowlist":["/*"],')),
  refusedCall("CONNECT as a method", "egress-block", ask("api.example.org", '"methods":["CONNECT"],')),
  refusedCall(
    "a credential in place of a name",
    "egress-block",
    ask("api.example.org", '"auth":{"scheme":"Bearer","token_ref":"not/a name"},'),
  ),
  refusedCall("no justification", "egress-block", '{"host":"api.example.org","justification":"  "}'),
  refusedCall("another bottle's identity", "egress-block", ask("api.example.org", '"slug":"other-aaaaa",')),
  refusedCall("a number where text belongs", "egress-block", `{"host":1e400,${WHY}}`, /(was not filed|parse|invalid)/),
  refusedCall("a host without a route for less scanning", "pipelock-block", ask("nowhere.example.org", '"allow_findings":["github-pat"],')),
  refusedCall("every address for a host", "pipelock-block", ask("allowed.world.test", '"ssrf_ip_allowlist":["0.0.0.0/0"],')),
  refusedCall("the metadata address for a host", "pipelock-block", ask("allowed.world.test", '"ssrf_ip_allowlist":["169.254.169.254"],')),
  refusedCall("loopback for a host", "pipelock-block", ask("allowed.world.test", '"ssrf_ip_allowlist":["127.0.0.0/8"],')),
  refusedCall("another base image", "capability-block", `{"dockerfile":"FROM evil.example/image\\nRUN id\\n",${WHY}}`),
  refusedCall("a file of the operator's in an image", "capability-block", `{"dockerfile":"FROM bot-bottle-agent\\nCOPY / /\\n",${WHY}}`),
  refusedCall("another builder", "capability-block", `{"dockerfile":"# syntax=evil/frontend\\nFROM bot-bottle-agent\\nRUN id\\n",${WHY}}`),
  refusedCall(
    "a mount while building",
    "capability-block",
    `{"dockerfile":"FROM bot-bottle-agent\\nRUN --mount=type=secret,id=x cat /run/secrets/x\\n",${WHY}}`,
  ),
  refusedCall("another bottle's proposal", "proposal-status", '{"id":"other-aaaaa.1"}', /There is no proposal/),
  refusedCall("a traversal as an id", "proposal-status", '{"id":"../../state.json"}', /There is no proposal/),
  refusedCall("a decision", "decide", '{"id":"demo-aaaaa.1","verdict":"approved"}', /there is no tool of that name/),
];

/** What is no MCP, or too much of it. */
export const protocolAttempts: readonly ScriptAttempt[] = [
  sent("another path", `${HEADERS} -d '{}' http://supervise:9100/control`, REJECTED),
  sent("no JSON", `${HEADERS} -d 'hello' ${URL}`, REJECTED),
  sent("NaN", `${HEADERS} -d '{"jsonrpc":"2.0","id":NaN,"method":"ping"}' ${URL}`, REJECTED),
  sent("ten megabytes", `${HEADERS} --data-binary @/tmp/ten-megabytes ${URL}`, /^(413|000)\nexit \d+$/),
  sent("JSON a hundred thousand levels deep", `${HEADERS} --data-binary @/tmp/deep ${URL}`, REJECTED),
  sent("reading by GET", URL, REJECTED),
  sent(
    "a request from a web page",
    `${HEADERS} -H 'Origin: https://evil.example' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' ${URL}`,
    REJECTED,
  ),
  { name: "the bundle's control socket", script: "ls /var/lib/bot-bottle/control.sock 2>&1", outcome: /exit [1-9]/ },
];

/** The files that `protocolAttempts` send. */
export const MAKE_BODIES = `
head -c 10000000 /dev/zero | tr '\\0' 'a' > /tmp/ten-megabytes
python3 -c "print('{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"method\\":\\"tools/call\\",\\"params\\":' + '['*100000 + ']'*100000 + '}')" > /tmp/deep
`;
