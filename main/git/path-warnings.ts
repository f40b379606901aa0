import type { PushFile } from "#common/domain/git.ts";

interface PathRule {
  readonly pattern: RegExp;
  readonly warning: string;
}

/** Files that do something by their mere name once they are upstream or checked out. */
const RULES: readonly PathRule[] = [
  {
    pattern:
      /^(?:\.(?:github|forgejo|gitea)\/(?:workflows|actions)\/|\.gitlab-ci\.yml$|\.gitlab\/ci\/|\.circleci\/|\.woodpecker[./]|\.drone\.yml$|\.travis\.yml$|\.buildkite\/|\.teamcity\/|(?:.*\/)?Jenkinsfile|azure-pipelines|bitbucket-pipelines\.yml$|cloudbuild\.ya?ml$|appveyor\.yml$)/i,
    warning: "Changes what the upstream's build runs, with the credentials it has there",
  },
  {
    pattern: /(?:^|\/)CODEOWNERS$|^\.github\/(?:settings|dependabot)\.ya?ml$/i,
    warning: "Changes who must review, or what is done automatically",
  },
  {
    pattern: /(?:^|\/)(?:\.husky|\.githooks|hooks)\/|(?:^|\/)(?:\.pre-commit-config\.ya?ml|lefthook\.ya?ml|\.lefthook\.ya?ml)$/i,
    warning: "Changes hooks, which run on the machines of others",
  },
  {
    pattern: /(?:^|\/)(?:\.vscode|\.idea|\.devcontainer|\.zed)\/|(?:^|\/)(?:\.envrc|\.mise\.toml|\.tool-versions)$/i,
    warning: "Changes what editors and shells run when somebody opens the project",
  },
  {
    pattern:
      /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|pip\.conf|\.pypirc|\.cargo\/config(?:\.toml)?|nuget\.config|\.bundle\/config)$/i,
    warning: "Changes where packages are installed from",
  },
  {
    pattern:
      /(?:^|\/)(?:CLAUDE|AGENTS|GEMINI)\.md$|(?:^|\/)\.mcp\.json$|(?:^|\/)\.(?:claude|cursor|codex|bot-bottle)\/|(?:^|\/)\.cursorrules$|copilot-instructions\.md$/i,
    warning: "Changes what coding agents are told or may do",
  },
  { pattern: /(?:^|\/)\.git(?:attributes|modules)$/i, warning: "Changes how git itself treats files or other repositories" },
];

const SHOWN = 3;

/** What paths alone tell; a renamed file counts with both of its names. */
export function pathWarnings(files: readonly PushFile[]): string[] {
  const paths = files.flatMap(({ path, oldPath }) => (oldPath === null ? [path] : [path, oldPath]));
  return [
    ...RULES.flatMap(({ pattern, warning }) =>
      listed(
        warning,
        paths.filter((path) => pattern.test(path)),
      ),
    ),
    ...listed(
      "Names with characters that do not show or that reorder the text",
      paths.filter((path) => UNSEEN.test(path)),
    ),
    ...listed("Names that mix scripts, so that one letter may pass for another", paths.filter(mixesScripts)),
    ...twins(files.filter(({ change }) => change !== "removed").map(({ path }) => path)),
  ];
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;

/** Within one part of a path: a folder in another script is nobody's disguise. */
function mixesScripts(path: string): boolean {
  return path
    .split(/[/._-]/)
    .some((part) => /[A-Za-z]/.test(part) && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u.test(part));
}

/** Two names that are one file where case or composition of letters does not count: whoever checks out gets either. */
function twins(paths: readonly string[]): string[] {
  const first = new Map<string, string>();
  const pairs = [...new Set(paths)].flatMap((path) => {
    const folded = path.normalize("NFC").toLowerCase();
    const other = first.get(folded);
    first.set(folded, path);
    return other === undefined ? [] : [`${other} and ${path}`];
  });
  return listed("Names that are the same file on many machines", pairs);
}

function listed(warning: string, paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  if (all.length === 0) return [];
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : "";
  return [`${warning}: ${all.slice(0, SHOWN).join(", ")}${more}.`];
}
