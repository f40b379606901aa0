import type { RouteTable } from "#common/domain/route.ts";

/** What an HTTP header can carry, so that a credential cannot smuggle a header line in. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]{0,65534}[\x21-\x7e])?$/;

/** Credentials by token ref, in this process's memory and nowhere else (SID-4). */
export class SecretVault {
  readonly #values = new Map<string, string>();

  /** Why these values cannot be taken, naming the ref and never the value; null when they can. */
  problem(values: Readonly<Record<string, string | null>>): string | null {
    const bad = Object.entries(values).find(([, value]) => value !== null && !HEADER_VALUE.test(value));
    return bad === undefined ? null : `the value of ${bad[0]} is empty, too long or holds characters that no header can carry`;
  }

  update(values: Readonly<Record<string, string | null>>): void {
    for (const [ref, value] of Object.entries(values)) {
      if (value === null) this.#values.delete(ref);
      else this.#values.set(ref, value);
    }
  }

  /** Everything held, for an egress worker that starts anew. */
  reveal(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  /** Token refs that live routes and grants name and that are not here: those routes answer 503. */
  missing(table: RouteTable): string[] {
    const routes = [...table.routes, ...table.grants.map(({ route }) => route)];
    const named = routes.flatMap(({ auth }) => (auth === null ? [] : [auth.tokenRef]));
    return [...new Set(named)].filter((ref) => !this.#values.has(ref)).sort();
  }
}
