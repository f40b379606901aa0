import { OperatorError } from "#common/domain/operator-error.ts";
import type { TemplatePart } from "#common/manifest/env-value.ts";
import { parseEnvValue } from "#common/manifest/env-value.ts";
import { Secret } from "../platform/secret.ts";

/** A value that only the operator can give, asked for at start (ENV-1). */
export interface EnvPrompt {
  readonly name: string;
  readonly text: string;
}

export interface ResolvedEnv {
  /** As written in the manifest: may show in the engine's inspect output. */
  readonly literals: Readonly<Record<string, string>>;
  /** Prompted and interpolated values: never in argv, the engine's view of a container, or a log. */
  readonly sealed: ReadonlyMap<string, Secret>;
}

export type EnvOutcome =
  | { readonly kind: "resolved"; readonly env: ResolvedEnv }
  | { readonly kind: "needs-input"; readonly prompts: readonly EnvPrompt[] };

export interface EnvSources {
  readonly hostEnv: NodeJS.ProcessEnv;
  /** What the operator answered so far, by name. */
  readonly answers: ReadonlyMap<string, Secret>;
}

/** The values of a bottle's `env`. Throws where a `${HOST_VAR}` is not set; asks for what no one has answered yet. */
export function resolveEnv(env: Readonly<Record<string, string>>, { hostEnv, answers }: EnvSources): EnvOutcome {
  const literals: Record<string, string> = {};
  const sealed = new Map<string, Secret>();
  const prompts: EnvPrompt[] = [];
  for (const [name, text] of Object.entries(env)) {
    const value = parseEnvValue(text);
    if (value.kind === "literal") literals[name] = value.value;
    else if (value.kind === "template") sealed.set(name, interpolate(name, value.parts, hostEnv));
    else {
      const answer = answers.get(name);
      if (answer === undefined) prompts.push({ name, text: value.text });
      else sealed.set(name, answer);
    }
  }
  return prompts.length > 0 ? { kind: "needs-input", prompts } : { kind: "resolved", env: { literals, sealed } };
}

/** What a bottle's `env` asks the operator for. */
export function promptsOf(env: Readonly<Record<string, string>>): EnvPrompt[] {
  return Object.entries(env).flatMap(([name, text]) => {
    const value = parseEnvValue(text);
    return value.kind === "prompt" ? [{ name, text: value.text }] : [];
  });
}

/** Host variables that a bottle's `env` names, each once. */
export function hostVarsOf(env: Readonly<Record<string, string>>): string[] {
  const named = Object.values(env).flatMap((text) => {
    const value = parseEnvValue(text);
    return value.kind === "template" ? value.parts.flatMap((part) => ("hostVar" in part ? [part.hostVar] : [])) : [];
  });
  return [...new Set(named)];
}

function interpolate(name: string, parts: readonly TemplatePart[], hostEnv: NodeJS.ProcessEnv): Secret {
  return new Secret(parts.map((part) => ("text" in part ? part.text : hostVar(name, part.hostVar, hostEnv))).join(""));
}

function hostVar(name: string, variable: string, hostEnv: NodeJS.ProcessEnv): string {
  const value = hostEnv[variable];
  if (value !== undefined) return value;
  throw new OperatorError("secret-missing", {
    message: `env.${name} needs the variable ${variable}, which is not set`,
    hint: `Set it in the environment that starts bot-bottle: export ${variable}=…`,
  });
}
