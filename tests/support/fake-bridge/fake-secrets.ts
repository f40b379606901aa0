import type { SecretRow, SecretsView } from "#common/ipc/secret-methods.ts";
import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";
import { ago } from "./sample-time.ts";

type SecretsMethod = `secrets.${"list" | "create" | "unlock" | "lock" | "set" | "remove" | "set-passphrase"}`;

const base: SecretRow = { name: "", source: "missing", manifests: [], bottles: [], storedAt: null, lastUsedAt: null, lastUsedBy: null };

const busy: readonly SecretRow[] = [
  {
    ...base,
    name: "BOT_BOTTLE_CLAUDE_OAUTH_TOKEN",
    source: "store",
    manifests: ["claude", "dev"],
    bottles: ["api-refactor-k3v9q", "deps-update-q8w2e"],
    storedAt: ago(9 * 86_400_000),
    lastUsedAt: ago(2_400_000),
    lastUsedBy: "api-refactor-k3v9q",
  },
  { ...base, name: "DEPLOY_KEY", source: "store", manifests: ["dev"], storedAt: ago(3 * 86_400_000) },
  { ...base, name: "GITEA_PAT", manifests: ["dev"] },
  {
    ...base,
    name: "NPM_TOKEN",
    source: "environment",
    manifests: ["node-22"],
    lastUsedAt: ago(5 * 3_600_000),
    lastUsedBy: "docs-writer-h7m3d",
  },
];

/** A store in memory; its passphrase is `three blind mice`. */
export class FakeSecrets {
  readonly #tell: (view: SecretsView) => void;
  #store: SecretsView["store"] = {
    state: "open",
    protections: ["keyring", "passphrase"],
    offered: ["keyring", "passphrase"],
    problem: null,
  };
  #rows: readonly SecretRow[] = busy;

  constructor(tell: (view: SecretsView) => void) {
    this.#tell = tell;
  }

  /** As on a machine where bot-bottle is new. */
  forget(): void {
    this.#store = { ...this.#store, state: "absent", protections: [] };
    this.#rows = [];
  }

  has(name: string): boolean {
    return this.#store.state === "open" && this.#rows.some((row) => row.name === name && row.source !== "missing");
  }

  lock(): void {
    this.#store = { ...this.#store, state: "locked", problem: "It was locked here." };
    this.#tell(this.#view());
  }

  readonly handlers: FakeHandlers<SecretsMethod> = {
    "secrets.list": () => this.#view(),
    "secrets.create": ({ protection }) => this.#open([protection]),
    "secrets.unlock": ({ passphrase }) => {
      if (passphrase !== null && passphrase !== "three blind mice")
        throw new Refusal("not-permitted", "That is not the passphrase of the secret store", "Try again");
      return this.#open(this.#store.protections);
    },
    "secrets.lock": () => {
      this.lock();
      return this.#view();
    },
    "secrets.set": ({ name }) => {
      const known = this.#rows.find((row) => row.name === name) ?? { ...base, name };
      const stored: SecretRow = { ...known, source: "store", storedAt: new Date().toISOString() };
      return this.#change([...this.#rows.filter((row) => row.name !== name), stored].sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    "secrets.remove": ({ name }) =>
      this.#change(
        this.#rows.flatMap((row): SecretRow[] => {
          if (row.name !== name) return [row];
          return row.manifests.length === 0 ? [] : [{ ...row, source: "missing", bottles: [], storedAt: null }];
        }),
      ),
    "secrets.set-passphrase": () => this.#open([...new Set([...this.#store.protections, "passphrase" as const])]),
  };

  #open(protections: SecretsView["store"]["protections"]): SecretsView {
    this.#store = { ...this.#store, state: "open", protections, problem: null };
    return this.#change(this.#rows);
  }

  #change(rows: readonly SecretRow[]): SecretsView {
    this.#rows = rows;
    this.#tell(this.#view());
    return this.#view();
  }

  #view(): SecretsView {
    return { store: this.#store, rows: [...this.#rows], loginShell: { state: "used", detail: "/usr/bin/zsh answered in 412 ms" } };
  }
}
