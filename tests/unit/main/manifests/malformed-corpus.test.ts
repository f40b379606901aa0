// biome-ignore-all lint/suspicious/noTemplateCurlyInString: messages about the syntax of env values
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { loadManifests } from "../../../../main/manifests/load-manifests.ts";
import { homePaths } from "../../../../main/platform/home.ts";

const CORPUS = join(import.meta.dirname, "../../../fixtures/manifests/malformed");

/** Every malformed file, with the line and the exact text of each of its problems. */
const EXPECTED: Readonly<Record<string, readonly (readonly [line: number, message: string])[]>> = {
  "agents/bottle-broken.md": [[2, 'names the bottle "env-number", which has errors']],
  "agents/bottle-list.md": [[2, "bottle must be text, not a list"]],
  "agents/bottle-missing.md": [
    [
      3,
      'names the bottle "godo", which is not defined (did you mean "good"?); defined bottles: agent-key-in-bottle, alias, bad-indentation, budget-both, budget-negative, colon-in-value, constructor-key, empty-file, env-boolean, env-default, env-empty, env-list, env-name, env-number, env-prompt-empty, extends-broken, extends-cycle-a, extends-cycle-b, extends-missing, extends-number, extends-self, four-dashes, frontmatter-never-ends, frontmatter-not-first, git-unknown-key, git-user-blank, git-user-empty, git-user-lines, good, key-twice, list-at-top, map-as-key, nested-key-twice, no-frontmatter, old-key-git, proto-in-env, proto-key, provider-dockerfile-empty, provider-host-credentials, provider-text, provider-token-elsewhere, provider-token-value, provider-unknown, provider-unknown-key, repo-https, repo-name, repo-name-dots, repo-no-identity, repo-on-finding, repo-option-host, repo-password, repo-port, route-auth-empty, route-auth-null, route-auth-scheme, route-auth-token, route-empty-host, route…',
    ],
  ],
  "agents/bottle-name.md": [[2, "bottle must start with a letter and hold only a-z, 0-9 and -"]],
  "agents/egress.md": [[3, 'unknown key "egress"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory']],
  "agents/empty-frontmatter.md": [[1, "bottle is required"]],
  "agents/git-user.md": [[4, "git-gate.user needs a name or an email that is not empty"]],
  "agents/no-bottle.md": [[1, "bottle is required"]],
  "agents/prompt-key.md": [[3, 'unknown key "prompt"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory']],
  "agents/repos.md": [[4, 'unknown key "repos" in git-gate; allowed keys: user']],
  "agents/skill-path.md": [[5, "skills[1] must be the name of a skill: letters, digits, . _ and -"]],
  "agents/skills-text.md": [[3, "skills must be a list, not text"]],
  "agents/terminal-escape.md": [
    [3, 'unknown key "\\u{1b}[2Jowned"; allowed keys: bottle, skills, git-gate, name, description, model, color, memory'],
  ],
  "agents/unknown-key.md": [
    [3, 'unknown key "skill" (did you mean "skills"?); allowed keys: bottle, skills, git-gate, name, description, model, color, memory'],
  ],
  "bottles/agent-key-in-bottle.md": [[2, 'unknown key "bottle"; allowed keys: extends, env, agent_provider, git-gate, egress, supervise']],
  "bottles/alias.md": [[4, "aliases (*name) are not supported in manifests; write the value out"]],
  "bottles/bad-indentation.md": [[4, "the YAML is not valid: All mapping items must start at the same column"]],
  "bottles/budget-both.md": [[3, "egress.budget must hold either tokens_per_day or usd_per_day"]],
  "bottles/budget-negative.md": [[4, "egress.budget.usd_per_day must be greater than 0"]],
  "bottles/colon-in-value.md": [[3, "the YAML is not valid: Nested mappings are not allowed in compact mappings"]],
  "bottles/constructor-key.md": [[2, 'unknown key "constructor"; allowed keys: extends, env, agent_provider, git-gate, egress, supervise']],
  "bottles/empty-file.md": [[1, "a manifest starts with frontmatter: the first line must be ---"]],
  "bottles/env-boolean.md": [[3, "env.DEBUG must be text, not true; put it in quotes"]],
  "bottles/env-default.md": [[3, "env.KEY holds ${ without the name of a variable; write ${NAME}, without defaults or expressions"]],
  "bottles/env-empty.md": [[3, "env.NAME must be text, not empty"]],
  "bottles/env-list.md": [[2, "env must be a map of keys, not a list"]],
  "bottles/env-name.md": [[3, "env.MY-NAME is not the name of an environment variable: only letters, digits and _ are allowed"]],
  "bottles/env-number.md": [[3, "env.PORT must be text, not a number; put it in quotes"]],
  "bottles/env-prompt-empty.md": [[3, 'env.KEY has no text after "?"; write what to ask for, for example "?API key"']],
  "bottles/extends-broken.md": [[2, 'extends "env-number", which has errors']],
  "bottles/extends-cycle-a.md": [[2, "extends in a circle: extends-cycle-a -> extends-cycle-b -> extends-cycle-a"]],
  "bottles/extends-cycle-b.md": [[2, "extends in a circle: extends-cycle-b -> extends-cycle-a -> extends-cycle-b"]],
  "bottles/extends-missing.md": [
    [
      3,
      'extends "goood", which is not defined (did you mean "good"?); defined bottles: extends-broken, extends-cycle-a, extends-cycle-b, extends-missing, extends-self, good, provider-unknown',
    ],
  ],
  "bottles/extends-number.md": [[2, "extends must be text, not a number; put it in quotes"]],
  "bottles/extends-self.md": [[2, "extends itself"]],
  "bottles/four-dashes.md": [[1, "a manifest starts with frontmatter: the first line must be ---"]],
  "bottles/frontmatter-never-ends.md": [[1, "the frontmatter that starts here never ends; close it with a line ---"]],
  "bottles/frontmatter-not-first.md": [[1, "a manifest starts with frontmatter: the first line must be ---"]],
  "bottles/git-unknown-key.md": [[3, 'unknown key "remotes" in git-gate; allowed keys: user, repos']],
  "bottles/git-user-blank.md": [[3, "git-gate.user needs a name or an email that is not empty"]],
  "bottles/git-user-empty.md": [[3, "git-gate.user needs a name or an email that is not empty"]],
  "bottles/git-user-lines.md": [[4, "git-gate.user.name must be one line without < and >"]],
  "bottles/key-twice.md": [[4, 'the key "supervise" is given twice']],
  "bottles/list-at-top.md": [[2, "the frontmatter must be a map of keys, one `key: value` a line"]],
  "bottles/map-as-key.md": [[2, "a key must be plain text"]],
  "bottles/nested-key-twice.md": [[5, 'the key "host" is given twice']],
  "bottles/no-frontmatter.md": [[1, "a manifest starts with frontmatter: the first line must be ---"]],
  "bottles/old-key-git.md": [
    [2, 'the key "git" is now "git-gate"; allowed keys: extends, env, agent_provider, git-gate, egress, supervise'],
  ],
  "bottles/proto-in-env.md": [[3, 'the key "__proto__" is not allowed']],
  "bottles/proto-key.md": [[2, 'the key "__proto__" is not allowed']],
  "bottles/provider-dockerfile-empty.md": [[4, "agent_provider.dockerfile must not be empty"]],
  "bottles/provider-host-credentials.md": [
    [3, "agent_provider.forward_host_credentials is for the provider codex only, and this bottle uses claude"],
  ],
  "bottles/provider-text.md": [[2, "agent_provider must be a map of keys, not text"]],
  "bottles/provider-token-elsewhere.md": [[4, "agent_provider.auth_token is for the provider claude only, and this bottle uses shell"]],
  "bottles/provider-token-value.md": [[3, "agent_provider.auth_token must be a name such as GITHUB_TOKEN"]],
  "bottles/provider-unknown-key.md": [
    [
      3,
      'unknown key "templat" in agent_provider (did you mean "template"?); allowed keys: template, dockerfile, auth_token, forward_host_credentials',
    ],
  ],
  "bottles/provider-unknown.md": [[3, 'there is no provider "claud"; known providers: claude, shell']],
  "bottles/repo-https.md": [[5, "git-gate.repos.a.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)"]],
  "bottles/repo-name-dots.md": [[4, 'git-gate.repos[".."] is not a repository name']],
  "bottles/repo-name.md": [[4, 'git-gate.repos["my repo"] is not a repository name: only A-Z, a-z, 0-9, . _ and - are allowed']],
  "bottles/repo-no-identity.md": [[4, "git-gate.repos.a.identity is required"]],
  "bottles/repo-on-finding.md": [[7, "git-gate.repos.a.on_finding must be one of refuse, hold"]],
  "bottles/repo-option-host.md": [
    [5, "git-gate.repos.a.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)"],
  ],
  "bottles/repo-password.md": [[5, "git-gate.repos.a.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)"]],
  "bottles/repo-port.md": [[5, "git-gate.repos.a.url must look like ssh://git@github.com/owner/repo.git (a port may follow the host)"]],
  "bottles/route-auth-empty.md": [[5, "egress.routes[0].auth is empty; give scheme and token_ref, or leave it out"]],
  "bottles/route-auth-null.md": [[5, "egress.routes[0].auth must be a map of keys, not empty"]],
  "bottles/route-auth-scheme.md": [[6, "egress.routes[0].auth.scheme must be one of Bearer, token"]],
  "bottles/route-auth-token.md": [
    [5, "egress.routes[0].auth.token_ref is required"],
    [7, 'unknown key "token" in egress.routes[0].auth (did you mean "token_ref"?); allowed keys: scheme, token_ref'],
  ],
  "bottles/route-empty-host.md": [[4, "egress.routes[0].host is not usable as a route: the host is empty"]],
  "bottles/route-hex-ip.md": [[4, "egress.routes[0].host must be text, not a number; put it in quotes"]],
  "bottles/route-ipv4.md": [[4, "egress.routes[0].host is not usable as a route: the host must be a name, not an IP address"]],
  "bottles/route-ipv6.md": [[4, "egress.routes[0].host is not usable as a route: the host must be a name, not an IP address"]],
  "bottles/route-method-connect.md": [[5, "egress.routes[0].methods[0] CONNECT cannot be allowed on a route"]],
  "bottles/route-method-lower.md": [[5, "egress.routes[0].methods[1] must be an HTTP method in capitals"]],
  "bottles/route-methods-empty.md": [[5, "egress.routes[0].methods must name at least one method, or be left out to allow all"]],
  "bottles/route-no-host.md": [[4, "egress.routes[0].host is required"]],
  "bottles/route-path-dots.md": [[5, "egress.routes[0].path_allowlist[0] must not hold . or .. segments"]],
  "bottles/route-path-encoded.md": [[5, "egress.routes[0].path_allowlist[0] must not hold an encoded dot, slash, backslash or NUL"]],
  "bottles/route-path-relative.md": [[7, "egress.routes[0].path_allowlist[1] must be an absolute path prefix that starts with /"]],
  "bottles/route-path-star.md": [
    [5, "egress.routes[0].path_allowlist[0] is a prefix, not a pattern: leave out the *, everything below it is allowed anyway"],
  ],
  "bottles/route-path.md": [[4, "egress.routes[0].host is not usable as a route: the host must be a bare name without a path"]],
  "bottles/route-port.md": [[4, "egress.routes[0].host is not usable as a route: the host must not name a port: only 443 is reachable"]],
  "bottles/route-private-suffix.md": [
    [
      4,
      "egress.routes[0].host is not usable as a route: github.io is a public suffix, under which anybody can have a name; name the host itself",
    ],
  ],
  "bottles/route-public-suffix.md": [
    [
      4,
      "egress.routes[0].host is not usable as a route: co.uk is a public suffix, under which anybody can have a name; name the host itself",
    ],
  ],
  "bottles/route-role.md": [[5, "egress.routes[0].role is reserved for future use; remove it"]],
  "bottles/route-ssrf.md": [[8, "egress.routes[0].pipelock.ssrf_ip_allowlist[1] must be an IP address or a network such as 10.0.0.0/8"]],
  "bottles/route-strip-header.md": [[6, "egress.routes[0].strip.headers[0] must be the name of a header"]],
  "bottles/route-swapped-letters.md": [
    [4, "egress.routes[0].host is required"],
    [
      4,
      'unknown key "hots" in egress.routes[0] (did you mean "host"?); allowed keys: host, path_allowlist, methods, auth, websocket, strip, pipelock',
    ],
  ],
  "bottles/route-text.md": [[4, "egress.routes[0] must be a map of keys, not text"]],
  "bottles/route-tld.md": [
    [
      4,
      "egress.routes[0].host is not usable as a route: com is a public suffix, under which anybody can have a name; name the host itself",
    ],
  ],
  "bottles/route-twice.md": [[5, "egress.routes[1].host names xn--bcher-kva.example.org again; give all its settings in one route"]],
  "bottles/route-unknown-key.md": [
    [
      5,
      'unknown key "pathAllowlist" in egress.routes[0] (did you mean "path_allowlist"?); allowed keys: host, path_allowlist, methods, auth, websocket, strip, pipelock',
    ],
  ],
  "bottles/route-url.md": [[4, "egress.routes[0].host is not usable as a route: the host must be a bare name without a scheme"]],
  "bottles/route-userinfo.md": [[4, "egress.routes[0].host is not usable as a route: the host must not hold user information"]],
  "bottles/route-websocket.md": [[5, "egress.routes[0].websocket must be true or false, not text"]],
  "bottles/route-wildcard.md": [
    [4, "egress.routes[0].host is not usable as a route: the host must be one host: wildcards are not allowed"],
  ],
  "bottles/routes-map.md": [[3, "egress.routes must be a list, not a map"]],
  "bottles/supervise-yes.md": [[2, "supervise must be true or false, not text"]],
  "bottles/tab-indentation.md": [[3, "a tab is used for indentation; YAML wants spaces"]],
  "bottles/tag.md": [[3, "YAML tags (!name) are not supported in manifests"]],
  "bottles/text-at-top.md": [[2, "the frontmatter must be a map of keys, one `key: value` a line"]],
  "bottles/two-documents.md": [[4, "the frontmatter holds more than one YAML document"]],
  "bottles/unclosed-bracket.md": [
    [4, "the YAML is not valid: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ],
  "bottles/unclosed-quote.md": [[3, 'the YAML is not valid: Missing closing "quote']],
  "bottles/unknown-key-far.md": [[2, 'unknown key "volumes"; allowed keys: extends, env, agent_provider, git-gate, egress, supervise']],
  "bottles/unknown-key.md": [
    [3, 'unknown key "egres" (did you mean "egress"?); allowed keys: extends, env, agent_provider, git-gate, egress, supervise'],
  ],
  "bottles/yaml-directive.md": [[3, "the YAML is not valid: Missing directives-end/doc-start indicator line"]],
};

const loaded = await loadManifests({ home: homePaths({ BOT_BOTTLE_HOME: CORPUS }), workspace: null, providers: ["shell", "claude"] });

describe("malformed manifests (MAN-1…MAN-9)", () => {
  test.each(Object.entries(EXPECTED))("%s", (file, problems) => {
    const found = loaded.errors.filter((error) => relative(CORPUS, error.file) === join(file));
    expect(found.map(({ line, message }) => [line, message])).toEqual(problems);
  });

  test("every file of the corpus is expected to have problems", async () => {
    const files = await readdir(CORPUS, { recursive: true });
    const malformed = files.filter((file) => file.endsWith(".md") && !/(good|Bad_Name)\.md$/.test(file));
    expect(malformed.sort()).toEqual(
      Object.keys(EXPECTED)
        .map((file) => join(file))
        .sort(),
    );
    expect(malformed.length).toBeGreaterThanOrEqual(50);
  });

  test("all that is right beside them keeps working (MAN-9)", () => {
    expect(loaded.bottles.map(({ name }) => name)).toEqual(["good"]);
    expect(loaded.agents.map(({ name, bottle, prompt }) => ({ name, bottle, prompt }))).toEqual([
      { name: "good", bottle: "good", prompt: "Still works." },
    ]);
  });

  test("a file whose name is no name is skipped with a warning (MAN-2)", () => {
    expect(loaded.warnings.map(({ file, line, message }) => [relative(CORPUS, file), line, message])).toEqual([
      [join("bottles", "Bad_Name.md"), 1, "skipped: the name of a manifest must start with a-z and hold only a-z, 0-9 and -"],
    ]);
  });

  test("no message repeats a value, which might be a secret put in the wrong place", () => {
    expect(JSON.stringify(loaded.errors)).not.toMatch(/sk-ant|ghp_|hunter2/);
  });
});
