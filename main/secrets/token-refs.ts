import type { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { Secret } from "../platform/secret.ts";

/** Refs that have no value, for the preflight: it names them before anything is started. */
export function missingTokenRefs(refs: readonly TokenRef[], env: NodeJS.ProcessEnv): TokenRef[] {
  return [...new Set(refs)].filter((ref) => !env[ref]);
}

/** The values behind token refs, from the operator's environment (ENV-2); throws unless every one is there and usable. */
export function resolveTokenRefs(refs: readonly TokenRef[], env: NodeJS.ProcessEnv): Map<TokenRef, Secret> {
  const missing = missingTokenRefs(refs, env);
  if (missing.length > 0) throw secretsMissing(missing);
  return new Map([...new Set(refs)].map((ref) => [ref, usableToken(ref, env[ref] ?? "")]));
}

function secretsMissing(refs: readonly TokenRef[]): OperatorError {
  const [first] = refs;
  const message = refs.length === 1 ? `the secret ${first} is not set` : `the secrets ${refs.join(", ")} are not set`;
  return new OperatorError("secret-missing", { message, hint: `Set it in the environment that starts bot-bottle: export ${first}=…` });
}

/** A token becomes part of a header line: a line break in it would be a second header of somebody's choosing. */
function usableToken(ref: TokenRef, value: string): Secret {
  if (/^[\x21-\x7e]+$/.test(value)) return new Secret(value);
  throw new OperatorError("bad-input", {
    message: `the secret ${ref} holds a space, a line break or a character outside ASCII, which no token does`,
    hint: `Set ${ref} again to the token alone.`,
  });
}
