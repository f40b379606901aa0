import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../main/platform/clock.ts";
import { Secret } from "../../../../main/platform/secret.ts";
import { OperatorEnv } from "../../../../main/secrets/operator-env.ts";
import type { SecretSource } from "../../../../main/secrets/secret-source.ts";
import { createSecretSource } from "../../../../main/secrets/secret-source.ts";
import { SecretStore } from "../../../../main/secrets/secret-store.ts";
import { availableTokens, describeLacking, lackingSecrets, tokenFaults } from "../../../../main/secrets/token-refs.ts";
import { keepersOf, MemoryKeyring } from "../../../support/secrets/memory-keepers.ts";

const CANARY = "canary-51bb";

let root: string;
let store: SecretStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bot-bottle-refs-"));
  store = new SecretStore({
    path: join(root, "secrets/store.json"),
    clock: systemClock,
    keepers: keepersOf({ keyring: new MemoryKeyring() }),
    askPassphrase: null,
  });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const source = (env: NodeJS.ProcessEnv): SecretSource => createSecretSource(store, new OperatorEnv(env, null));

async function stored(values: Readonly<Record<string, string>>): Promise<void> {
  await store.create("keyring", null);
  for (const [name, value] of Object.entries(values)) await store.set(name, new Secret(value));
}

const revealed = async (refs: readonly string[], from: SecretSource) =>
  Object.fromEntries([...(await availableTokens(refs, from))].map(([ref, secret]) => [ref, secret.reveal()]));

describe("a token ref (ENV-2)", () => {
  it("resolves from the store, then from the operator's environment", async () => {
    const env = source({ A: "from-environment", B: "from-environment" });
    expect(await revealed(["A", "B", "C"], env)).toEqual({ A: "from-environment", B: "from-environment" });
    await stored({ A: CANARY });
    expect(await revealed(["A", "B", "A"], env)).toEqual({ A: CANARY, B: "from-environment" });
    expect([await env.place("A"), await env.place("B"), await env.place("C")]).toEqual(["store", "environment", "missing"]);
    expect(inspect(await env.resolve("A"), { depth: 9 })).not.toContain(CANARY);
  });

  it("that is stored never falls back on the environment while the store is locked", async () => {
    await stored({ A: CANARY });
    store.lock();
    const env = source({ A: "from-environment", B: "from-environment" });
    expect(await revealed(["A", "B"], env)).toEqual({ B: "from-environment" });
    expect(await env.place("A")).toBe("locked");
    await expect(env.resolve("A")).rejects.toMatchObject({ code: "secret-missing" });
  });

  it("that is stored asks for the passphrase when it is wanted, and no other does (BTL-1)", async () => {
    const clock = systemClock;
    const path = join(root, "by-passphrase/store.json");
    const passphrase = new Secret("three blind mice ran");
    const made = new SecretStore({ path, clock, keepers: keepersOf(), askPassphrase: null });
    await made.create("passphrase", passphrase);
    await made.set("A", new Secret(CANARY));
    let asked = 0;
    const askPassphrase = async () => {
      asked++;
      return passphrase;
    };
    const asking = createSecretSource(
      new SecretStore({ path, clock, keepers: keepersOf(), askPassphrase }),
      new OperatorEnv({ B: "b" }, null),
    );
    expect([await asking.place("B"), asked]).toEqual(["environment", 0]);
    expect([await asking.place("A"), asked]).toEqual(["store", 1]);
    expect([(await asking.resolve("A"))?.reveal(), asked]).toEqual([CANARY, 1]);
  });

  it("named like a part of every object is not found in it", async () => {
    const env = source({});
    for (const ref of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(await env.place(ref)).toBe("missing");
      expect(await env.resolve(ref)).toBeNull();
    }
  });

  it("that is missing, empty or locked is named with every way out", async () => {
    await stored({ LOCKED: CANARY });
    store.lock();
    const lacking = await lackingSecrets(["SET", "EMPTY", "NONE", "LOCKED", "NONE"], source({ SET: "x", EMPTY: "" }));
    expect(lacking).toEqual([
      { name: "EMPTY", locked: false },
      { name: "NONE", locked: false },
      { name: "LOCKED", locked: true },
    ]);
    expect(describeLacking({ name: "NONE", locked: false })).toMatch(/Secrets view.*`bot-bottle secrets set NONE`.*export NONE=…/);
    expect(describeLacking({ name: "LOCKED", locked: true })).toMatch(/locked.*unlock/);
  });

  it.each(["line\nbreak", "carriage\r\nX-Evil: 1", " space", "ümlaut", "nul\0"])(
    "whose value could add a header is no token, and is named without its value: %j",
    async (text) => {
      const env = source({ A: `${CANARY}${text}`, B: "fine" });
      expect(await revealed(["A", "B"], env)).toEqual({ B: "fine" });
      const faults = await tokenFaults(["A", "B", "MISSING"], env);
      expect(faults).toEqual([expect.stringContaining("The secret A holds")]);
      expect(faults.join()).not.toContain(CANARY);
      // A key for git is of such a shape.
      expect((await env.resolve("A"))?.reveal()).toBe(`${CANARY}${text}`);
    },
  );
});
