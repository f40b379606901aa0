import { posix } from "node:path";
import type { EntryState } from "./entry-state.ts";

interface Rule {
  readonly matches: RegExp;
  readonly says: string;
}

/** Files that a tool on the host runs or obeys without being asked: what an agent would write to reach past its bottle. */
const RULES: readonly Rule[] = [
  { matches: /(^|\/)package\.json$/, says: "npm runs its scripts, some of them at install" },
  {
    matches: /(^|\/)(\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.cjs|\.pnp\.c?js|bunfig\.toml)$/,
    says: "package managers obey it, and some run it",
  },
  { matches: /(^|\/)\.envrc$/, says: "direnv runs it when the folder is entered" },
  {
    matches: /(^|\/)(GNUm|[Mm])akefile$|\.mk$|(^|\/)(justfile|Justfile|Taskfile\.ya?ml|Rakefile)$/,
    says: "its recipes run with the next build",
  },
  { matches: /(^|\/)\.vscode\/|\.code-workspace$|(^|\/)\.idea\//, says: "the editor may run its tasks, launches and settings" },
  { matches: /(^|\/)\.devcontainer(\/|\.json$)/, says: "the editor builds and runs it" },
  {
    matches:
      /^\.github\/(workflows|actions)\/|(^|\/)(\.gitlab-ci\.yml|Jenkinsfile|\.travis\.yml|azure-pipelines\.yml)$|^\.(circleci|forgejo|gitea|woodpecker)\//,
    says: "continuous integration runs it, with its credentials",
  },
  {
    matches: /(^|\/)(\.husky|\.githooks|githooks|hooks)\/|(^|\/)(\.pre-commit-config\.ya?ml|lefthook\.ya?ml)$/,
    says: "git may run it as a hook",
  },
  { matches: /(^|\/)\.git(modules|attributes)$/, says: "git obeys it: where submodules come from, which filters run" },
  {
    matches:
      /(^|\/)\.(bash|zsh|ksh)(rc|env|_profile|_login|_logout|_aliases)$|(^|\/)\.(profile|login|zprofile|zlogin|inputrc|vimrc|exrc|gdbinit|lldbinit)$/,
    says: "a shell or program runs it when it starts in this folder",
  },
  {
    matches:
      /(^|\/)(\.claude|\.codex|\.cursor|\.gemini|\.windsurf)\/|(^|\/)(\.mcp\.json|CLAUDE(\.local)?\.md|AGENTS\.md|GEMINI\.md|\.cursorrules|\.aider\.conf\.yml)$/,
    says: "agents on this machine obey it",
  },
  { matches: /^\.bot-bottle\//, says: "bot-bottle reads agents from it" },
  {
    matches:
      /(^|\/)(setup\.py|conftest\.py|sitecustomize\.py|noxfile\.py|build\.rs|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|gradlew|mvnw|Gemfile|Cargo\.toml|pyproject\.toml|CMakeLists\.txt|(vite|webpack|rollup|jest|vitest|eslint|prettier|babel|tailwind|postcss)\.config\.[cm]?[jt]s)$|(^|\/)\.(cargo|mvn)\//,
    says: "builds, tests or editors run it",
  },
  { matches: /(^|\/)(Dockerfile[^/]*|(docker-)?compose[^/]*\.ya?ml)$/, says: "a container build or start runs it" },
  { matches: /\.(desktop|service|plist|lnk|url|command|bat|cmd|ps1|vbs|scr)$/i, says: "a desktop may start it with one click" },
];

/** What the operator should know before this lands on the host, each a short clause. */
export function selfRunning(path: string, state: EntryState | null, before: EntryState | null): string[] {
  if (state === null) return [];
  const said = RULES.filter(({ matches }) => matches.test(path)).map(({ says }) => says);
  if (state.kind === "link") said.push(`a link to ${posix.normalize(state.target)}`);
  if (state.kind === "file" && state.executable && !(before?.kind === "file" && before.executable)) said.push("it can be run as a program");
  return said;
}
