/** A bottle to start from; it can be used as it is. */
export interface BottleTemplate {
  readonly title: string;
  readonly description: string;
  readonly name: string;
  /** It is offered where there is such a provider. */
  readonly provider: string;
  readonly source: string;
}

export interface AgentTemplate {
  readonly title: string;
  readonly description: string;
  readonly name: string;
  /** The bottle it goes with best. */
  readonly bottle: string;
  source(bottle: string): string;
}

export const BOTTLE_TEMPLATES = {
  claude: {
    title: "Claude Code",
    description: "Claude Code with the route to its API and nothing else",
    name: "claude",
    provider: "claude",
    source: `---
# Claude Code with the route to its API. The agent never sees the token: it is added to its requests outside of the bottle.
agent_provider:
  template: claude
  # The name of the environment variable that holds the token. \`claude setup-token\` makes one.
  auth_token: BOT_BOTTLE_CLAUDE_OAUTH_TOKEN

# More hosts, when the agent needs them:
# egress:
#   routes:
#     - host: docs.python.org
#       methods: [GET]
#     - host: api.github.com
#       path_allowlist: [/repos/my-org/]
#       auth: { scheme: Bearer, token_ref: GITHUB_TOKEN }

supervise: true
---

Claude Code, reaching its own API and nothing else.
`,
  },
  codex: {
    title: "Codex",
    description: "Codex with your own ChatGPT login, which stays outside of the bottle",
    name: "codex",
    provider: "codex",
    source: `---
# Codex with the routes to its API. The agent gets a login without secrets; the real token is added to its requests outside.
agent_provider:
  template: codex
  # Uses your own login of the codex command line: \`codex login --device-auth\` makes one.
  forward_host_credentials: true

supervise: true
---

Codex, reaching its own API and nothing else.
`,
  },
  shell: {
    title: "Shell",
    description: "A plain shell with one route: no account, no credentials",
    name: "demo",
    provider: "shell",
    source: `---
# A bottle says what the agent inside may reach. Whatever is not written here is refused.
agent_provider:
  template: shell            # a plain shell: no account, no credentials

egress:
  routes:
    - host: example.com      # exactly this host, by HTTPS
      methods: [GET]

supervise: true              # lets the agent ask for more; you decide in the inbox
---

A bottle to try things out: a shell that reaches https://example.com and nothing else.

In its terminal, compare \`curl -i https://example.com\` with \`curl -i https://example.org\`.
`,
  },
  "read-only": {
    title: "Reads documentation",
    description: "Claude Code that may look things up, and send nothing",
    name: "docs",
    provider: "claude",
    source: `---
agent_provider:
  template: claude
  auth_token: BOT_BOTTLE_CLAUDE_OAUTH_TOKEN

egress:
  routes:
    # GET alone: pages can be read, forms and uploads are refused.
    - host: docs.python.org
      methods: [GET, HEAD]
    - host: developer.mozilla.org
      methods: [GET, HEAD]
    - host: nodejs.org
      methods: [GET, HEAD]
      path_allowlist: [/api/, /docs/]

supervise: true
---

Reads documentation and sends nothing but its requests for it.
`,
  },
  repository: {
    title: "One git repository",
    description: "Claude Code that fetches and pushes one repository through git-gate",
    name: "repository",
    provider: "claude",
    source: `---
agent_provider:
  template: claude
  auth_token: BOT_BOTTLE_CLAUDE_OAUTH_TOKEN

git-gate:
  user:
    name: My Agent
    email: agent@example.com
  repos:
    # The agent clones, fetches and pushes it as usual. It never holds the key, and pushes are scanned for secrets.
    project:
      url: ssh://git@github.com/my-org/project.git
      identity: ~/.ssh/id_ed25519
      # The server's public key, as its operator publishes it; this one is GitHub's. Nothing else is believed to be the server.
      host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
      on_finding: hold         # a push with findings waits for you; \`refuse\` sends it back at once
      # review: always         # every push waits for you

supervise: true
---

Works on one repository.
`,
  },
  variant: {
    title: "Variant of another bottle",
    description: "Everything of the bottle it extends, with a route of its own",
    name: "variant",
    provider: "claude",
    source: `---
extends: claude

# By key, this bottle's value counts.
env:
  LANG: C.UTF-8

# Whole: these routes take the place of the other bottle's.
egress:
  routes:
    - host: developer.mozilla.org
      methods: [GET]
---

The bottle claude, which may also read the documentation of the web.
`,
  },
} as const satisfies Readonly<Record<string, BottleTemplate>>;

export const AGENT_TEMPLATES = {
  coder: {
    title: "Coding agent",
    description: "Works on its own and asks for what it lacks",
    name: "coder",
    bottle: "claude",
    source: (bottle) => `---
bottle: ${bottle}

# Who its commits are by:
# git-gate:
#   user: { name: My Agent, email: agent@example.com }
---

You work in a sandbox. Only the hosts that the operator allows can be reached: \`list-egress-routes\` shows them, and
\`egress-block\` asks the operator for another one. Say why you need it, and go on with other work while you wait.
`,
  },
  reviewer: {
    title: "Reviewer",
    description: "Reads a change and reports what is wrong with it",
    name: "reviewer",
    bottle: "claude",
    source: (bottle) => `---
name: reviewer
description: Reads a change and reports what is wrong with it
bottle: ${bottle}
# skills: [code-review]      # folders in your home's skills, or in ~/.claude/skills
---

You review changes. Read the diff and everything it touches before you judge. Report faults with file and line, the worst
first, each with what would go wrong. Change nothing yourself.
`,
  },
  shell: {
    title: "You, at a shell",
    description: "A terminal in a bottle, to see what it may reach",
    name: "demo",
    bottle: "demo",
    source: (bottle) => `---
# An agent is a bottle plus a task. This one is you, at a shell.
bottle: ${bottle}
---
`,
  },
} as const satisfies Readonly<Record<string, AgentTemplate>>;
