export type CredentialLookup =
  | { readonly kind: "value"; readonly value: string }
  /** `reason` names the credential and what is wrong, never a part of it. */
  | { readonly kind: "missing"; readonly reason: string };

// A line break in a credential would let it write further header fields.
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Credential values by token ref, in memory only (SID-4). */
export class Credentials {
  readonly #values = new Map<string, string>();
  readonly #unsendable = new Set<string>();

  /** Adds, replaces, or with null removes. A value that no header can carry is dropped at once. */
  set(values: Readonly<Record<string, string | null>>): void {
    for (const [ref, value] of Object.entries(values)) {
      this.#values.delete(ref);
      this.#unsendable.delete(ref);
      if (value === null) continue;
      if (SENDABLE.test(value)) this.#values.set(ref, value);
      else this.#unsendable.add(ref);
    }
  }

  get(ref: string): CredentialLookup {
    const value = this.#values.get(ref);
    if (value !== undefined) return { kind: "value", value };
    if (this.#unsendable.has(ref)) {
      return { kind: "missing", reason: `the credential ${ref} holds characters that no header can carry; the operator must set it again` };
    }
    return { kind: "missing", reason: `the credential ${ref} is not there; the operator must connect the panel or set it` };
  }
}
