import type { TokenRef } from "#common/domain/names.ts";
import type { RouteTable } from "#common/domain/route.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import type { KnownDecision } from "./decision-history.ts";

type Activity = MethodOutput<"credentials.activity">["credentials"][number];
type HostActivity = Activity["hosts"][number];

const MAX_HOSTS = 100;

/** Which credential was used where, when and how often: those that live routes name, those on record, and those that are cut. */
export function credentialActivity(known: readonly KnownDecision[], table: RouteTable, cuts: CredentialCuts): Activity[] {
  const refs = new Map<TokenRef, Map<string, HostActivity>>();
  for (const { auth, host } of [...table.routes, ...table.grants.map(({ route }) => route)])
    if (auth !== null) hostsOf(refs, auth.tokenRef).set(host, { host, live: true, uses: 0, lastAt: null });
  for (const ref of cuts.refs) hostsOf(refs, ref);
  for (const { decision } of known) {
    if (decision.tokenRef === null) continue;
    const hosts = hostsOf(refs, decision.tokenRef);
    const { uses, live } = hosts.get(decision.host) ?? { uses: 0, live: false };
    hosts.set(decision.host, { host: decision.host, live, uses: uses + 1, lastAt: decision.time });
  }
  return [...refs].map(([tokenRef, hosts]) => activity(tokenRef, [...hosts.values()], cuts));
}

function hostsOf(refs: Map<TokenRef, Map<string, HostActivity>>, ref: TokenRef): Map<string, HostActivity> {
  const hosts = refs.get(ref) ?? new Map<string, HostActivity>();
  refs.set(ref, hosts);
  return hosts;
}

function activity(tokenRef: TokenRef, hosts: HostActivity[], cuts: CredentialCuts): Activity {
  const sorted = hosts.sort((a, b) => Number(b.live) - Number(a.live) || (b.lastAt ?? "").localeCompare(a.lastAt ?? ""));
  return {
    tokenRef,
    hosts: sorted.slice(0, MAX_HOSTS),
    uses: hosts.reduce((sum, { uses }) => sum + uses, 0),
    lastAt: hosts.reduce<string | null>((last, { lastAt }) => (lastAt !== null && lastAt > (last ?? "") ? lastAt : last), null),
    cut: cuts.all || cuts.refs.includes(tokenRef),
  };
}
