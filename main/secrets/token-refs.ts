import type { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Secret } from "../platform/secret.ts";
import type { SecretSource } from "./secret-source.ts";

/** A ref whose value cannot be had now. */
export interface LackingSecret {
  readonly name: TokenRef;
  /** The store holds it and is locked. */
  readonly locked: boolean;
}

/** Refs that cannot be had, for the preflight: it names them before anything is started. */
export async function lackingSecrets(refs: readonly TokenRef[], source: SecretSource): Promise<LackingSecret[]> {
  const places = await Promise.all([...new Set(refs)].map(async (name) => ({ name, place: await source.place(name) })));
  return places
    .filter(({ place }) => place === "missing" || place === "locked")
    .map(({ name, place }) => ({ name, locked: place === "locked" }));
}

/** What stands in the way, with every way out of it. */
export function describeLacking({ name, locked }: LackingSecret): string {
  return locked
    ? `The secret store is locked and holds ${name}: unlock it in the Secrets view, or start with \`bot-bottle start\` on a terminal`
    : `The secret ${name} is not set: store it in the Secrets view or with \`bot-bottle secrets set ${name}\`, or export ${name}=… before bot-bottle starts`;
}

/** Header tokens among `refs` that can be had and used; the rest stay missing, and their routes answer so (SID-4). */
export async function availableTokens(refs: readonly TokenRef[], source: SecretSource): Promise<Map<TokenRef, Secret>> {
  const found = await Promise.all([...new Set(refs)].map(async (ref) => [ref, await resolveOrNull(ref, source)] as const));
  return new Map(found.flatMap(([ref, secret]) => (secret === null || !isToken(secret) ? [] : [[ref, secret] as const])));
}

/** What is wrong with tokens that are there and cannot be used. */
export async function tokenFaults(refs: readonly TokenRef[], source: SecretSource): Promise<string[]> {
  const faults = await Promise.all(
    [...new Set(refs)].map(async (ref) => {
      const secret = await resolveOrNull(ref, source);
      return secret === null || isToken(secret) ? [] : [unusable(ref)];
    }),
  );
  return faults.flat();
}

async function resolveOrNull(ref: TokenRef, source: SecretSource): Promise<Secret | null> {
  return await source.resolve(ref).catch((error: unknown) => {
    if (error instanceof OperatorError) return null;
    throw error;
  });
}

/** A token becomes part of a header line: a line break in it would be a second header of somebody's choosing. */
function isToken(secret: Secret): boolean {
  return /^[\x21-\x7e]+$/.test(secret.reveal());
}

function unusable(ref: TokenRef): string {
  return `The secret ${ref} holds a space, a line break or a character outside ASCII, which no token does: set it again to the token alone`;
}
