/** Path below the home or a workspace, and text. */
export const HOME = "/home/ada/.bot-bottle";
export const WORKSPACE = "/home/ada/src/api";

export const homeFiles: Record<string, string> = {
  "bottles/base.md": `---
# What every bottle of ours has in common.
supervise: true
env:
  TZ: Europe/Zurich
  LANG: C.UTF-8
git-gate:
  user: { name: Ada's agents, email: agents@example.org }
---
The common ground: supervise, time zone, who commits.
`,
  "bottles/dev.md": `---
extends: base
agent_provider:
  template: claude
  auth_token: CLAUDE_OAUTH # the team's subscription
env:
  CI: "1"
  NPM_TOKEN: ?Token for the package mirror
  EDITOR_HOST: \${HOSTNAME}
egress:
  routes:
    # Reads and writes of the team's own repositories.
    - host: gitea.example.org
      path_allowlist: [/api/v1/repos/team/]
      methods: [GET, POST]
      auth: { scheme: token, token_ref: GITEA_PAT }
    - host: docs.python.org
      methods: [GET]
    - host: packages.example.org
      methods: [GET, HEAD]
      strip:
        headers: [X-Internal]
git-gate:
  repos:
    api:
      url: ssh://git@git.example.org/team/api.git
      identity: GIT_DEPLOY_KEY
      host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
      on_finding: hold
---
Everyday work on the team's repositories.
`,
  "bottles/demo.md": `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: example.com
---
A plain shell with one route.
`,
  "bottles/research.md": `---
agent_provider:
  template: claude
env:
  TZ: Europe/Zurich

egres:
  routes:
    - host: arxiv.org
---
Reads papers.
`,
  "agents/claude.md": "---\nbottle: dev\n---\n",
  "agents/demo.md": "---\nbottle: demo\n---\n",
  "agents/docs-writer.md": `---
bottle: dev
skills: [handbook-style]
git-gate:
  user:
    name: Docs Writer
---
You write the handbook.

Keep sentences short. **Never** invent a command: run it first.
`,
  "agents/reader.md": "---\nbottle: research\n---\nYou read papers and summarise them.\n",
};

export const workspaceFiles: Record<string, string> = {
  "agents/api-refactor.md": "---\nbottle: dev\n---\nYou refactor the API client.\n",
};

export const templates = [
  {
    id: "bottle-shell",
    kind: "bottle",
    title: "Plain shell",
    description: "No agent program and no credentials: to try things out.",
    suggestedName: "shell",
    source:
      "---\n# A plain shell: nothing to sign in to.\nagent_provider:\n  template: shell\nsupervise: true\negress:\n  routes:\n    - host: example.com\n      methods: [GET]\n---\nA shell with one route.\n",
  },
  {
    id: "bottle-claude",
    kind: "bottle",
    title: "Claude Code",
    description: "The model's API with a token that the agent never holds.",
    suggestedName: "claude",
    source:
      "---\nagent_provider:\n  template: claude\n  # The name of a secret, not its value.\n  auth_token: CLAUDE_CODE_OAUTH_TOKEN\nsupervise: true\n---\nClaude Code with nothing but its API.\n",
  },
  {
    id: "agent-plain",
    kind: "agent",
    title: "An agent with a prompt",
    description: "A bottle, and what the agent is told first.",
    suggestedName: "helper",
    source: "---\nbottle: demo\n---\nYou help with small tasks. Say what you are going to do before you do it.\n",
  },
] as const;
