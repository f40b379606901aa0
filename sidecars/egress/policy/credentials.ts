import type { EchoPatterns } from "../answer/echo-patterns.ts";
import { echoPatterns } from "../answer/echo-patterns.ts";

/** A credential in memory. */
export interface CredentialValue {
  readonly value: string;
  /** How it may come back in an answer; null where it is too short to be told from other text. */
  readonly echoes: EchoPatterns | null;
}

export type CredentialLookup =
  | { readonly kind: "value"; readonly secret: CredentialValue }
  /** `reason` names the credential and what is wrong, never a part of it. */
  | { readonly kind: "missing"; readonly reason: string };

// A line break in a credential would let it write further header fields.
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Credential values by token ref, in memory only (SID-4). */
export class Credentials {
  readonly #found = new Map<string, CredentialLookup>();
  readonly #unsendable = new Set<string>();
  /** Grows with every change. */
  revision = 0;

  /** Adds, replaces, or with null removes. A value that no header can carry is dropped at once. */
  set(values: Readonly<Record<string, string | null>>): void {
    this.revision += 1;
    for (const [ref, value] of Object.entries(values)) {
      this.#found.delete(ref);
      this.#unsendable.delete(ref);
      if (value === null) continue;
      if (SENDABLE.test(value)) this.#found.set(ref, { kind: "value", secret: { value, echoes: echoPatterns(value) } });
      else this.#unsendable.add(ref);
    }
  }

  /** Every value that a header can carry: nothing that an agent sends may hold one. */
  *values(): Iterable<string> {
    for (const found of this.#found.values()) if (found.kind === "value") yield found.secret.value;
  }

  get(ref: string): CredentialLookup {
    const found = this.#found.get(ref);
    if (found !== undefined) return found;
    if (this.#unsendable.has(ref)) {
      return { kind: "missing", reason: `the credential ${ref} holds characters that no header can carry; the operator must set it again` };
    }
    return { kind: "missing", reason: `the credential ${ref} is not there; the operator must connect the panel or set it` };
  }
}
