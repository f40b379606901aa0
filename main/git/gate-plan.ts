import type { GateRepo } from "#common/domain/git.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { GitIdentity, SshUrl } from "#common/manifest/git-gate-schema.ts";
import { parseIdentity, parseSshUrl } from "#common/manifest/git-gate-schema.ts";

/** The gate of one bottle, as its manifest declares it. Holds the places of keys, never keys. */
export interface GatePlan {
  readonly repos: readonly GateRepo[];
  /** Where each repository's key is, by the repository's name. */
  readonly identities: Readonly<Record<string, GitIdentity>>;
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

type Declared = NonNullable<NonNullable<EffectiveBottle["git-gate"]>["repos"]>;

/** What the bundle is told of its repositories, and what the operator is told before the start (MAN-5, BTL-1). */
export function planGate(settings: EffectiveBottle): GatePlan {
  const declared = Object.entries(settings["git-gate"]?.repos ?? {});
  const repos = declared.flatMap(([name, repo]) => gateRepo(name, repo));
  const identities = declared.flatMap(([name, { identity }]) => {
    const parsed = parseIdentity(identity);
    return parsed === null ? [] : [[name, parsed] as const];
  });
  return {
    repos,
    identities: Object.fromEntries(identities),
    warnings: [...declared.flatMap(permissionWarnings), ...sharedUpstreams(declared)],
    problems: declared.flatMap(missingHostKey),
  };
}

/** Names of the secrets that hold keys. */
export function identityRefs(identities: GatePlan["identities"]): string[] {
  return Object.values(identities).flatMap((identity) => (identity.kind === "secret" ? [identity.ref] : []));
}

function gateRepo(name: string, repo: Declared[string]): GateRepo[] {
  const upstream = parseSshUrl(repo.url);
  if (upstream === null || repo.host_key === undefined) return [];
  return [
    {
      name,
      upstream,
      hostKey: repo.host_key,
      allowForce: repo.allow_force ?? false,
      allowDelete: repo.allow_delete ?? false,
      onFinding: repo.on_finding ?? "refuse",
      reviewAlways: repo.review === "always",
    },
  ];
}

function permissionWarnings([name, repo]: [string, Declared[string]]): string[] {
  return [
    ...(repo.allow_force === true ? [`the agent may rewrite the history of ${name} (allow_force)`] : []),
    ...(repo.allow_delete === true ? [`the agent may delete branches and tags of ${name} (allow_delete)`] : []),
  ];
}

/** The gate takes no host's word for who it is, so without the key it would refuse every fetch and push. */
function missingHostKey([name, repo]: [string, Declared[string]]): string[] {
  const upstream = parseSshUrl(repo.url);
  if (upstream === null || repo.host_key !== undefined) return [];
  return [`git-gate.repos.${name} has no host_key, so the gate cannot tell ${upstream.host} from an impostor: ${howToScan(upstream)}`];
}

function howToScan({ host, port }: SshUrl): string {
  const target = `${port === 22 ? "" : `-p ${port} `}${host.replace(/^\[|\]$/g, "")}`;
  return `run \`ssh-keyscan -t ed25519 ${target}\`, compare what \`ssh-keygen -lf -\` makes of it with the fingerprint that the host publishes, and write its last two words as host_key`;
}

/** Two names of one upstream are allowed, with other permissions say; but an address leads to one of them only. */
function sharedUpstreams(declared: readonly [string, Declared[string]][]): string[] {
  const first = new Map<string, string>();
  return declared.flatMap(([name, { url }]) => {
    const key = url.replace(/(?:\.git)?\/*$/, "");
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    return other === undefined ? [] : [`${name} and ${other} are the same upstream: its address leads the agent's git to ${other}`];
  });
}
