import type { Route } from "#common/domain/route.ts";
import type { EffectiveBottle } from "#common/manifest/effective-bottle.ts";
import type { ProviderRegistry } from "../providers/provider-registry.ts";

/** The routes that a bottle's provider would bring along at a start (PRV-7); none where there is no such provider. */
export function routesOfProvider(providers: ProviderRegistry, { agent_provider, supervise = false }: EffectiveBottle): readonly Route[] {
  const provider = providers.get(agent_provider.template);
  if (provider === undefined) return [];
  const forwards = agent_provider.forward_host_credentials === true && provider.hostLogin !== undefined;
  return provider.provision({
    agent: "agent",
    settings: agent_provider,
    guestHome: "/home/agent",
    workdir: "/home/agent",
    supervise,
    prompt: "",
    promptFile: null,
    // Only whether there is one decides on routes.
    hostLogin: forwards ? { guestFile: "" } : null,
  }).routes;
}
