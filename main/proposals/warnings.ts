import { domainToUnicode } from "node:url";
import { getDomain, parse } from "tldts";
import type { EgressRequest } from "#common/domain/proposal.ts";
import type { Route } from "#common/domain/route.ts";

/** What an operator should notice before approving (SUP-4); computed from host and route alone, the agent's words play no part. */
export function warningsFor(live: readonly Route[], after: readonly Route[], request: EgressRequest): string[] {
  const route = after.find(({ host }) => host === request.host);
  if (route === undefined) return [];
  return [
    ...hostWarnings(live, request.host),
    ...(route.auth !== null && !sameAuth(live, route) ? [`The credential ${route.auth.tokenRef} would be sent to ${route.host}.`] : []),
    ...(route.pathAllowlist.length === 0 ? ["No path restriction: every path of the host would be open."] : []),
    ...(route.methods === null ? ["Every method would be allowed, also those that write."] : []),
  ];
}

function hostWarnings(live: readonly Route[], host: string): string[] {
  if (live.some((route) => route.host === host)) return [];
  return [...nameWarnings(live, host), ...novelty(live, host)];
}

function novelty(live: readonly Route[], host: string): string[] {
  const { isIcann, isPrivate } = parse(host, { allowPrivateDomains: true });
  if (isIcann !== true && isPrivate !== true) return [`${host} is not under a public suffix: it is a name of your own network.`];
  const domain = getDomain(host, { allowPrivateDomains: true });
  const known = live.some((route) => getDomain(route.host, { allowPrivateDomains: true }) === domain);
  return known ? [`New public host: ${host}.`] : [`New public host: ${host}. No route of this bottle leads to ${domain ?? host} yet.`];
}

function nameWarnings(live: readonly Route[], host: string): string[] {
  const international = host.split(".").some((label) => label.startsWith("xn--"));
  const twin = [...FAMILIAR_HOSTS, ...live.map((route) => route.host)].find(
    (known) => known !== host && skeleton(known) === skeleton(host),
  );
  return [
    ...(international ? [`The name is internationalised: ${host} displays as ${domainToUnicode(host)}. It may imitate another name.`] : []),
    ...(twin === undefined ? [] : [`The name looks like ${twin}, but is another host.`]),
  ];
}

const FAMILIAR_HOSTS = [
  "github.com",
  "api.github.com",
  "gitlab.com",
  "google.com",
  "anthropic.com",
  "api.anthropic.com",
  "openai.com",
  "api.openai.com",
  "chatgpt.com",
];

/** Letters of other scripts that are drawn like Latin ones. */
const TWINS: Readonly<Record<string, string>> = {
  а: "a",
  е: "e",
  о: "o",
  р: "p",
  с: "c",
  х: "x",
  у: "y",
  і: "i",
  ј: "j",
  ѕ: "s",
  ԁ: "d",
  ɡ: "g",
  ո: "n",
  ν: "v",
  ο: "o",
  α: "a",
};

/** What a name looks like at a glance: two names with one skeleton are easily taken for one another. */
function skeleton(host: string): string {
  const drawn = [...domainToUnicode(host).normalize("NFKD")].map((letter) => TWINS[letter] ?? letter).join("");
  return drawn
    .replace(/\p{M}/gu, "")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replaceAll("0", "o")
    .replaceAll(/[1i|]/g, "l")
    .replaceAll("-", "");
}

function sameAuth(live: readonly Route[], route: Route): boolean {
  return live.some(({ host, auth }) => host === route.host && auth?.tokenRef === route.auth?.tokenRef);
}
