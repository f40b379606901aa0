// biome-ignore-all lint/suspicious/noTemplateCurlyInString: messages about the syntax of env values
import { describe, expect, test } from "vitest";
import { parseAgentManifest, parseBottleManifest } from "#common/manifest/parse-manifest.ts";

/** What is wrong with a manifest of this frontmatter, as `line: message`. */
function problems(parse: typeof parseAgentManifest | typeof parseBottleManifest, yaml: string): string[] {
  const parsed = parse(new TextEncoder().encode(`---\n${yaml}\n---\n`));
  return parsed.ok ? [] : parsed.problems.map(({ line, message }) => `${line}: ${message}`);
}

type Case = readonly [name: string, yaml: string, problem: string];
type Rules = Readonly<Record<string, readonly Case[]>>;

const route = (rest: string) => `egress:\n  routes:\n    - host: api.example.org\n      ${rest}`;
const host = (name: string) => `egress:\n  routes:\n    - host: ${name}`;
const repo = (rest: string) => `git-gate:\n  repos:\n    r:\n      url: ssh://git@example.org/r.git\n      identity: KEY\n      ${rest}`;
const repoAt = (url: string) => `git-gate:\n  repos:\n    r:\n      url: ${url}\n      identity: KEY`;

const MANY_ROUTES = `egress:\n  routes:\n${Array.from({ length: 2001 }, (_, index) => `    - host: a${index}.example`).join("\n")}`;

const BOTTLES: Rules = {
  "MAN-3": [
    [
      "a bottle's skills",
      "skills: [a]",
      '2: unknown key "skills"; allowed keys: extends, env, agent_provider, git-gate, egress, supervise',
    ],
    [
      "a key of another letter case",
      "Egress: {}",
      '2: unknown key "Egress" (did you mean "egress"?); allowed keys: extends, env, agent_provider, git-gate, egress, supervise',
    ],
    ["supervise in words", "supervise: yes", "2: supervise must be true or false, not text"],
    ["supervise without a value", "supervise:", "2: supervise must be true or false, not empty"],
    ["extends of a list", "extends: [a, b]", "2: extends must be text, not a list"],
    ["extends of no name", "extends: My Base", "2: extends must start with a letter and hold only a-z, 0-9 and -"],
  ],
  "MAN-4": [
    [
      "auth_token for codex",
      "agent_provider:\n  template: codex\n  auth_token: T",
      "4: agent_provider.auth_token is for the provider claude only, and this bottle uses codex",
    ],
    [
      "auth_token for a plugin",
      "agent_provider:\n  template: gemini\n  auth_token: T",
      "4: agent_provider.auth_token is for the provider claude only, and this bottle uses gemini",
    ],
    [
      "forward_host_credentials for shell",
      "agent_provider:\n  template: shell\n  forward_host_credentials: true",
      "4: agent_provider.forward_host_credentials is for the provider codex only, and this bottle uses shell",
    ],
    [
      "forward_host_credentials as text",
      'agent_provider:\n  template: codex\n  forward_host_credentials: "true"',
      "4: agent_provider.forward_host_credentials must be true or false, not text",
    ],
    [
      "a template of no name",
      "agent_provider:\n  template: Claude Code",
      "3: agent_provider.template must start with a letter and hold only a-z, 0-9 and -",
    ],
    ["a dockerfile that is a list", "agent_provider:\n  dockerfile: [a]", "3: agent_provider.dockerfile must be text, not a list"],
    ["an empty provider", "agent_provider:", "2: agent_provider must be a map of keys, not empty"],
    ["a token with spaces", "agent_provider:\n  auth_token: my token", "3: agent_provider.auth_token must be a name such as GITHUB_TOKEN"],
  ],
  "MAN-5": [
    [
      "a user with unknown fields",
      "git-gate:\n  user: { name: A, mail: a@b }",
      '3: unknown key "mail" in git-gate.user (did you mean "email"?); allowed keys: name, email',
    ],
    ["a name of several lines", 'git-gate:\n  user:\n    name: "a\\nb"', "4: git-gate.user.name must be one line without < and >"],
    ["an email with angles", "git-gate:\n  user: { email: <a@b> }", "3: git-gate.user.email must be one line without < and >"],
    ["a name that is a number", "git-gate:\n  user: { name: 1 }", "3: git-gate.user.name must be text, not a number; put it in quotes"],
    ["repos as a list", "git-gate:\n  repos: [a]", "3: git-gate.repos must be a map of keys, not a list"],
    ["repos without a value", "git-gate:\n  repos:", "3: git-gate.repos must be a map of keys, not empty"],
    ["an empty repo", "git-gate:\n  repos:\n    r: {}", "4: git-gate.repos.r is empty; give url and identity, or leave it out"],
    ["a repo as text", "git-gate:\n  repos:\n    r: ssh://git@example.org/r.git", "4: git-gate.repos.r must be a map of keys, not text"],
    [
      "a URL as git writes it",
      repoAt("git@github.com:o/r.git"),
      "5: git-gate.repos.r.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)",
    ],
    [
      "a URL without a user",
      repoAt("ssh://example.org/r.git"),
      "5: git-gate.repos.r.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)",
    ],
    [
      "a URL without a path",
      repoAt("ssh://git@example.org"),
      "5: git-gate.repos.r.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)",
    ],
    [
      "a port out of range",
      repoAt("ssh://git@example.org:70000/r"),
      "5: git-gate.repos.r.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)",
    ],
    [
      "a URL with a query",
      repoAt("ssh://git@example.org/r?x"),
      "5: git-gate.repos.r.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)",
    ],
    [
      "http",
      repoAt("http://example.org/r"),
      "5: git-gate.repos.r.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)",
    ],
    [
      "a repo without identity",
      "git-gate:\n  repos:\n    r:\n      url: ssh://git@example.org/r.git",
      "4: git-gate.repos.r.identity is required",
    ],
    ["allow_force in words", repo("allow_force: on"), "7: git-gate.repos.r.allow_force must be true or false, not text"],
    ["allow_delete as text", repo('allow_delete: "true"'), "7: git-gate.repos.r.allow_delete must be true or false, not text"],
    ["an unknown review", repo("review: never"), "7: git-gate.repos.r.review must be always"],
    [
      "an unknown key of a repo",
      repo("hostkey: x"),
      '7: unknown key "hostkey" in git-gate.repos.r (did you mean "host_key"?); allowed keys: url, identity, host_key, allow_force, allow_delete, on_finding, review',
    ],
  ],
  "MAN-6": [
    [
      "hosts that differ in case and dot",
      "egress:\n  routes:\n    - host: A.example\n    - host: a.EXAMPLE.",
      "5: egress.routes[1].host names a.example again; give all its settings in one route",
    ],
    [
      "a wildcard in the middle",
      host("api.*.example"),
      "4: egress.routes[0].host is not usable as a route: the host must be one host: wildcards are not allowed",
    ],
    [
      "a star alone",
      host('"*"'),
      "4: egress.routes[0].host is not usable as a route: the host must be one host: wildcards are not allowed",
    ],
    [
      "a port",
      host("a.example:443"),
      "4: egress.routes[0].host is not usable as a route: the host must not name a port: only 443 is reachable",
    ],
    [
      "a host with a password",
      host("u:p@a.example"),
      "4: egress.routes[0].host is not usable as a route: the host must not hold user information",
    ],
    [
      "an address in decimal",
      host('"2130706433"'),
      "4: egress.routes[0].host is not usable as a route: the host must be a name, not an IP address",
    ],
    [
      "an address in octal",
      host('"0177.0.0.1"'),
      "4: egress.routes[0].host is not usable as a route: the host must be a name, not an IP address",
    ],
    [
      "an address in short",
      host('"127.1"'),
      "4: egress.routes[0].host is not usable as a route: the host must be a name, not an IP address",
    ],
    [
      "an IPv6 address in brackets",
      host('"[::1]"'),
      "4: egress.routes[0].host is not usable as a route: the host must be a name, not an IP address",
    ],
    [
      "a broken A-label",
      host("xn--.example"),
      "4: egress.routes[0].host is not usable as a route: the host is not a valid internationalised name",
    ],
    ["an empty label", host("a..example"), "4: egress.routes[0].host is not usable as a route: the host is not a valid DNS name"],
    [
      "a label with a dash at its end",
      host("a-.example"),
      "4: egress.routes[0].host is not usable as a route: the host is not a valid DNS name",
    ],
    ["a space", host("a b.example"), "4: egress.routes[0].host is not usable as a route: the host holds a character that no host name has"],
    [
      "a name that is too long",
      host(`${"a".repeat(64)}.example`),
      "4: egress.routes[0].host is not usable as a route: the host is not a valid DNS name",
    ],
    [
      "a suffix in capitals",
      host("GitHub.IO"),
      "4: egress.routes[0].host is not usable as a route: github.io is a public suffix, under which anybody can have a name; name the host itself",
    ],
    [
      "a suffix with a dot",
      host("co.uk."),
      "4: egress.routes[0].host is not usable as a route: co.uk is a public suffix, under which anybody can have a name; name the host itself",
    ],
    [
      "a suffix in its own script",
      host("香港"),
      "4: egress.routes[0].host is not usable as a route: xn--j6w193g is a public suffix, under which anybody can have a name; name the host itself",
    ],
    ["role without a value", route("role:"), "5: egress.routes[0].role is reserved for future use; remove it"],
    ["role with text", route("role: admin"), "5: egress.routes[0].role is reserved for future use; remove it"],
    ["role false", route("role: false"), "5: egress.routes[0].role is reserved for future use; remove it"],
    ["auth as text", route("auth: Bearer"), "5: egress.routes[0].auth must be a map of keys, not text"],
    [
      "a scheme in small letters",
      route("auth: { scheme: bearer, token_ref: T }"),
      "5: egress.routes[0].auth.scheme must be one of Bearer, token",
    ],
    [
      "a token_ref that is a number",
      route("auth: { scheme: token, token_ref: 1 }"),
      "5: egress.routes[0].auth.token_ref must be text, not a number; put it in quotes",
    ],
    ["a single path", route("path_allowlist: /v1"), "5: egress.routes[0].path_allowlist must be a list, not text"],
    [
      "a path with a query",
      route('path_allowlist: ["/v1?x"]'),
      "5: egress.routes[0].path_allowlist[0] must be a path only, without ? or #",
    ],
    ["a path with a backslash", route("path_allowlist: ['/a\\b']"), "5: egress.routes[0].path_allowlist[0] must not hold a backslash"],
    ["a path with two slashes", route("path_allowlist: [/a//b]"), "5: egress.routes[0].path_allowlist[0] must not hold //"],
    [
      "a path with a space",
      route("path_allowlist: [/a b]"),
      "5: egress.routes[0].path_allowlist[0] holds a character that must be percent-encoded in a path",
    ],
    [
      "a path with a broken escape",
      route("path_allowlist: [/a%zz]"),
      "5: egress.routes[0].path_allowlist[0] holds a % that is not followed by two hexadecimal digits",
    ],
    [
      "a path that is too long",
      route(`path_allowlist: [/${"a".repeat(2048)}]`),
      "5: egress.routes[0].path_allowlist[0] is longer than 2048 characters",
    ],
    ["a method that is a number", route("methods: [1]"), "5: egress.routes[0].methods[0] must be text, not a number; put it in quotes"],
    ["websocket as a number", route("websocket: 1"), "5: egress.routes[0].websocket must be true or false, not a number"],
    [
      "an unknown key of strip",
      route("strip: { header: [a] }"),
      '5: unknown key "header" in egress.routes[0].strip (did you mean "headers"?); allowed keys: headers, query_keys, cookies',
    ],
    [
      "a query key with a space",
      route("strip: { query_keys: [a b] }"),
      "5: egress.routes[0].strip.query_keys[0] must be a name without spaces",
    ],
    ["a cookie that is empty", route('strip: { cookies: [""] }'), "5: egress.routes[0].strip.cookies[0] must be a name without spaces"],
    [
      "tls_passthrough as text",
      route("pipelock: { tls_passthrough: always }"),
      "5: egress.routes[0].pipelock.tls_passthrough must be true or false, not text",
    ],
    [
      "a network with bits set",
      route("pipelock: { ssrf_ip_allowlist: [10.0.0.0/33] }"),
      "5: egress.routes[0].pipelock.ssrf_ip_allowlist[0] must be an IP address or a network such as 10.0.0.0/8",
    ],
    [
      "an unknown key of pipelock",
      route("pipelock: { passthrough: true }"),
      '5: unknown key "passthrough" in egress.routes[0].pipelock (did you mean "tls_passthrough"?); allowed keys: tls_passthrough, ssrf_ip_allowlist, allow_findings',
    ],
    ["an empty route", "egress:\n  routes:\n    - {}", "4: egress.routes[0] is empty; give host, or leave it out"],
    ["a route without a value", "egress:\n  routes:\n    -", "4: egress.routes[0] must be a map of keys, not empty"],
    ["routes without a value", "egress:\n  routes:", "3: egress.routes must be a list, not empty"],
    ["egress as a list", "egress:\n  - host: a.example", "2: egress must be a map of keys, not a list"],
    ["an empty budget", "egress:\n  budget: {}", "3: egress.budget must hold either tokens_per_day or usd_per_day"],
    ["tokens in fractions", "egress:\n  budget: { tokens_per_day: 1.5 }", "3: egress.budget.tokens_per_day must be a whole number"],
    ["no tokens at all", "egress:\n  budget: { tokens_per_day: 0 }", "3: egress.budget.tokens_per_day must be greater than 0"],
    ["dollars as text", "egress:\n  budget: { usd_per_day: 5$ }", "3: egress.budget.usd_per_day must be a number, not text"],
    ["endless dollars", "egress:\n  budget: { usd_per_day: .inf }", "3: egress.budget.usd_per_day must be a finite number"],
    ["an unknown limit", "egress:\n  budget: { usd_per_day: 5, on_limit: ask }", "3: egress.budget.on_limit must be one of warn, stop"],
    ["too many routes", MANY_ROUTES, "3: egress.routes may hold at most 2000 routes"],
  ],
  "ENV-1": [
    ["a number", "env:\n  PORT: 8080", "3: env.PORT must be text, not a number; put it in quotes"],
    ["a fraction", "env:\n  RATE: 0.5", "3: env.RATE must be text, not a number; put it in quotes"],
    ["a switch", "env:\n  DEBUG: false", "3: env.DEBUG must be text, not false; put it in quotes"],
    ["nothing", "env:\n  EMPTY:", "3: env.EMPTY must be text, not empty"],
    ["a list", "env:\n  LIST: [a]", "3: env.LIST must be text, not a list"],
    ["a map", "env:\n  MAP: { a: b }", "3: env.MAP must be text, not a map"],
    [
      "a name with a dash",
      "env:\n  A-B: x",
      "3: env.A-B is not the name of an environment variable: only letters, digits and _ are allowed",
    ],
    [
      "a name that starts with a digit",
      "env:\n  1A: x",
      "3: env.1A is not the name of an environment variable: only letters, digits and _ are allowed",
    ],
    [
      "a name with a space",
      "env:\n  A B: x",
      '3: env["A B"] is not the name of an environment variable: only letters, digits and _ are allowed',
    ],
    ["a NUL character", 'env:\n  KEY: "a\\0b"', "3: env.KEY holds a NUL character, which no variable can"],
    ["a question without text", 'env:\n  KEY: "? "', '3: env.KEY has no text after "?"; write what to ask for, for example "?API key"'],
    [
      "a variable with a default",
      "env:\n  KEY: ${A:-b}",
      "3: env.KEY holds ${ without the name of a variable; write ${NAME}, without defaults or expressions",
    ],
    [
      "a variable that is not closed",
      "env:\n  KEY: ${A",
      "3: env.KEY holds ${ without the name of a variable; write ${NAME}, without defaults or expressions",
    ],
  ],
};

const AGENTS: Rules = {
  "MAN-3": [
    [
      "the old key git of an agent",
      "bottle: b\ngit:\n  user: { name: A }",
      '3: the key "git" is now "git-gate"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory',
    ],
    [
      "an agent's egress",
      "bottle: b\negress: {}",
      '3: unknown key "egress"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory',
    ],
    [
      "an agent's env",
      "bottle: b\nenv: { A: x }",
      '3: unknown key "env"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory',
    ],
    [
      "an agent's supervise",
      "bottle: b\nsupervise: true",
      '3: unknown key "supervise"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory',
    ],
    ["an empty bottle", "bottle:", "2: bottle must be text, not empty"],
    ["a skill with a slash", "bottle: b\nskills: [../up]", "3: skills[0] must be the name of a skill: letters, digits, . _ and -"],
    ["a skill of a number", "bottle: b\nskills: [1]", "3: skills[0] must be text, not a number; put it in quotes"],
  ],
  "MAN-5": [["an agent's repos", "bottle: b\ngit-gate:\n  repos: {}", '4: unknown key "repos" in git-gate; allowed keys: user']],
};

const listed = (rules: Rules) => Object.entries(rules).flatMap(([id, cases]) => cases.map((each) => [id, ...each] as const));

describe("every rule has its exact message and line", () => {
  test.each(listed(BOTTLES))("%s, a bottle: %s", (_id, _name, yaml, problem) => {
    expect(problems(parseBottleManifest, yaml)).toEqual([problem]);
  });

  test.each(listed(AGENTS))("%s, an agent: %s", (_id, _name, yaml, problem) => {
    expect(problems(parseAgentManifest, yaml)).toEqual([problem]);
  });
});
