import { OperatorError } from "#common/domain/operator-error.ts";
import { claudeProvider } from "./claude.ts";
import { codexProvider } from "./codex/codex.ts";
import type { Provider } from "./provider.ts";
import { shellProvider } from "./shell.ts";

/** Providers by the name that `agent_provider.template` gives. */
export type ProviderRegistry = ReadonlyMap<string, Provider>;

export const builtInProviders: ProviderRegistry = new Map(
  [shellProvider, claudeProvider, codexProvider].map((provider) => [provider.name, provider]),
);

export function requireProvider(providers: ProviderRegistry, name: string): Provider {
  const provider = providers.get(name);
  if (provider !== undefined) return provider;
  throw new OperatorError("manifest-invalid", {
    message: `there is no provider "${name}"`,
    hint: `Known providers: ${[...providers.keys()].toSorted().join(", ")}`,
  });
}
