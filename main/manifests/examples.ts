/** The manifests of a new home: two bottles and an agent for each. */
export const EXAMPLES: readonly { readonly path: readonly [string, string]; readonly text: string }[] = [
  {
    path: ["bottles", "demo.md"],
    text: `---
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
  {
    path: ["bottles", "claude.md"],
    text: `---
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
  {
    path: ["agents", "demo.md"],
    text: `---
# An agent is a bottle plus a task. This one is you, at a shell.
bottle: demo
---
`,
  },
  {
    path: ["agents", "claude.md"],
    text: `---
bottle: claude

# Who its commits are by:
# git-gate:
#   user: { name: My Agent, email: agent@example.com }
---

You work in a sandbox. Only the hosts that the operator allows can be reached: \`list-egress-routes\` shows them, and
\`egress-block\` asks the operator for another one. Say why you need it, and go on with other work while you wait.
`,
  },
];
