import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../main/platform/clock.ts";
import type { Keychain } from "../../../../main/platform/keychain.ts";
import { Secret } from "../../../../main/platform/secret.ts";
import type { KeyKeepers } from "../../../../main/secrets/key-protection.ts";
import { SecretStore } from "../../../../main/secrets/secret-store.ts";
import { keepersOf, MemoryKeyring, memoryKeychain } from "../../../support/secrets/memory-keepers.ts";

const CANARY = "canary-77aa-stored";
const PASSPHRASE = new Secret("three blind mice ran");
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXktdjE\n".repeat(20)}-----END OPENSSH PRIVATE KEY-----\n`;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "bot-bottle-secrets-")), "secrets");
  path = join(folder, "store.json");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

/** A process of its own: it knows the file and what its keepers hold. */
function store(keepers: KeyKeepers = keepersOf(), ask: ((attempt: number) => Promise<Secret | null>) | null = null): SecretStore {
  return new SecretStore({ path, clock: systemClock, keepers, askPassphrase: ask });
}

async function passphraseStore(): Promise<SecretStore> {
  const made = store();
  await made.create("passphrase", PASSPHRASE);
  return made;
}

const revealed = async (from: SecretStore, name: string) => (await from.value(name))?.reveal() ?? null;

describe("the secret store (ENV-2)", () => {
  it("is absent, then holds values of any shape for whoever unlocks it", async () => {
    expect(await store().view()).toEqual({ state: "absent" });
    const first = await passphraseStore();
    await first.set("GITHUB_TOKEN", new Secret(CANARY));
    await first.set("GIT_KEY", new Secret(KEY));
    await first.set("BIG", new Secret("x".repeat(64 * 1024)));
    await first.set("__proto__", new Secret("a name like any other"));
    const other = store();
    await other.unlock(PASSPHRASE);
    expect(await revealed(other, "GITHUB_TOKEN")).toBe(CANARY);
    expect(await revealed(other, "GIT_KEY")).toBe(KEY);
    expect((await revealed(other, "BIG"))?.length).toBe(64 * 1024);
    expect(await revealed(other, "__proto__")).toBe("a name like any other");
    expect(await revealed(other, "constructor")).toBeNull();
    expect(await revealed(other, "NONE")).toBeNull();
  });

  it("shows names and times while it is locked, and no value (ENV-3)", async () => {
    await (await passphraseStore()).set("GITHUB_TOKEN", new Secret(CANARY));
    const locked = store();
    const view = await locked.view();
    expect(view).toMatchObject({ state: "locked", names: [{ name: "GITHUB_TOKEN" }], protections: ["passphrase"] });
    await expect(locked.value("GITHUB_TOKEN")).rejects.toMatchObject({
      code: "secret-missing",
      message: expect.stringContaining("locked"),
    });
    expect(inspect(await first(locked), { depth: 9 })).not.toContain(CANARY);
  });

  it("never has a value, the passphrase or the key in the file, which is the operator's alone", async () => {
    const keyring = new MemoryKeyring();
    const made = store(keepersOf({ keyring, keychain: memoryKeychain() }));
    await made.create("os-keychain", null);
    await made.set("A", new Secret(CANARY));
    await made.changePassphrase(PASSPHRASE);
    const text = await readFile(path, "utf8");
    for (const part of [CANARY, PASSPHRASE.reveal(), ...keyring.kept.values()]) {
      expect(text).not.toContain(part);
      expect(text).not.toContain(Buffer.from(part).toString("base64").slice(0, 20));
    }
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readdir(folder)).toEqual(["store.json"]);
  });

  it("is sealed anew with every write", async () => {
    const made = await passphraseStore();
    const nonces = new Set<string>();
    for (let at = 0; at < 5; at++) {
      await made.set("A", new Secret(CANARY));
      nonces.add(JSON.parse(await readFile(path, "utf8")).values.nonce);
    }
    expect(nonces.size).toBe(5);
  });

  it("refuses an empty value, one above 64 KiB, and removing what is not there", async () => {
    const made = await passphraseStore();
    await expect(made.set("A", new Secret(""))).rejects.toMatchObject({ code: "bad-input" });
    await expect(made.set("A", new Secret("x".repeat(64 * 1024 + 1)))).rejects.toMatchObject({ code: "bad-input" });
    await expect(made.remove("A")).rejects.toMatchObject({ code: "not-found" });
    await expect(store().set("A", new Secret("x"))).rejects.toMatchObject({ code: "secret-missing" });
  });

  it("is made once", async () => {
    await passphraseStore();
    const before = await readFile(path);
    await expect(store().create("passphrase", PASSPHRASE)).rejects.toMatchObject({ code: "conflict" });
    expect(await readFile(path)).toEqual(before);
  });

  it("loses nothing when several processes write at once", async () => {
    await passphraseStore();
    const writers = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const each = store();
        await each.unlock(PASSPHRASE);
        return each;
      }),
    );
    await Promise.all(writers.map((each, at) => each.set(`TOKEN_${at}`, new Secret(`${CANARY}${at}`))));
    const view = await writers[0]!.view();
    expect(view.state === "open" && view.names.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5].map((at) => `TOKEN_${at}`));
    expect(await revealed(writers[0]!, "TOKEN_5")).toBe(`${CANARY}5`);
  });

  it("that could not be written leaves no key behind in the keyring", async () => {
    const keyring = new MemoryKeyring();
    // A name so long that there is no room for the one it is first written under.
    const unwritable = join(folder, "x".repeat(240));
    const failing = new SecretStore({ path: unwritable, clock: systemClock, keepers: keepersOf({ keyring }), askPassphrase: null });
    await expect(failing.create("keyring", null)).rejects.toMatchObject({ code: "ENAMETOOLONG" });
    expect([...keyring.kept]).toEqual([]);
  });

  it("stays locked where a keychain that was asked before the lock answers after it", async () => {
    const answer = Promise.withResolvers<void>();
    const keychain = memoryKeychain();
    const made = store(keepersOf({ keychain }));
    await made.create("os-keychain", null);
    await made.set("GITHUB_TOKEN", new Secret(CANARY));
    const asked = Promise.withResolvers<void>();
    const slow: Keychain = {
      ...keychain,
      decrypt: async (sealed) => {
        asked.resolve();
        await answer.promise;
        return keychain.decrypt(sealed);
      },
    };
    const panel = store(keepersOf({ keychain: slow }));
    const looking = panel.view();
    await asked.promise;
    panel.lock();
    answer.resolve();
    expect(await looking).toMatchObject({ state: "locked" });
    expect(await panel.view()).toMatchObject({ state: "locked" });
    await expect(panel.value("GITHUB_TOKEN")).rejects.toMatchObject({ code: "secret-missing" });
    await panel.unlock(null);
    expect(await revealed(panel, "GITHUB_TOKEN")).toBe(CANARY);
  });

  it("stays locked in this process once the operator locked it, until they unlock it", async () => {
    const made = store(keepersOf({ keyring: new MemoryKeyring() }));
    await made.create("keyring", null);
    await made.set("A", new Secret(CANARY));
    made.lock();
    expect((await made.view()).state).toBe("locked");
    await expect(made.value("A")).rejects.toMatchObject({ code: "secret-missing" });
    await made.unlock(null);
    expect(await revealed(made, "A")).toBe(CANARY);
  });
});

async function first(locked: SecretStore): Promise<unknown> {
  return await locked.value("GITHUB_TOKEN").catch((error: unknown) => error);
}

describe("what keeps the store's key (ENV-2)", () => {
  it("a keychain, and the keyring beside it, so that the command line opens the panel's store", async () => {
    const keyring = new MemoryKeyring();
    const panel = store(keepersOf({ keychain: memoryKeychain(), keyring }));
    await panel.create("os-keychain", null);
    await panel.set("A", new Secret(CANARY));
    expect(await revealed(store(keepersOf({ keyring })), "A")).toBe(CANARY);
    expect(await revealed(store(keepersOf({ keychain: memoryKeychain() })), "A")).toBe(CANARY);
  });

  it("another login's keychain or another keyring does not open it, and says so", async () => {
    const panel = store(keepersOf({ keychain: memoryKeychain() }));
    await panel.create("os-keychain", null);
    for (const keepers of [keepersOf({ keychain: memoryKeychain("eve") }), keepersOf({ keyring: new MemoryKeyring() }), keepersOf()]) {
      expect(await store(keepers).view()).toMatchObject({ state: "locked", problem: expect.stringMatching(/keychain/) });
    }
  });

  it("a passphrase: the wrong one is told apart from a damaged file", async () => {
    await (await passphraseStore()).set("A", new Secret(CANARY));
    await expect(store().unlock(new Secret("three blind mice sat"))).rejects.toMatchObject({
      code: "not-permitted",
      message: "That is not the passphrase of the secret store",
    });
  });

  it("a passphrase is the same however its letters are written", async () => {
    const made = store();
    await made.create("passphrase", new Secret("Zürich im Frühling"));
    await store().unlock(new Secret("Zürich im Frühling".normalize("NFD")));
  });

  it("a passphrase of a few letters is refused", async () => {
    await expect(store().create("passphrase", new Secret("hunter2"))).rejects.toMatchObject({ code: "bad-input" });
    expect(await store().view()).toEqual({ state: "absent" });
  });

  it("is asked for once, by however many need a value, and again where it was wrong", async () => {
    await (await passphraseStore()).set("A", new Secret(CANARY));
    const attempts: number[] = [];
    const asking = store(keepersOf(), async (attempt) => {
      attempts.push(attempt);
      return attempt === 0 ? new Secret("not this one at all") : PASSPHRASE;
    });
    const values = await Promise.all([asking.value("A"), asking.value("A"), asking.value("A")]);
    expect(values.map((value) => value?.reveal())).toEqual([CANARY, CANARY, CANARY]);
    expect(attempts).toEqual([0, 1]);
    const givingUp = store(keepersOf(), async () => null);
    await expect(givingUp.value("A")).rejects.toMatchObject({ code: "secret-missing" });
  });

  it("changes with the passphrase: an old copy's key opens nothing that was stored since", async () => {
    const made = await passphraseStore();
    await made.set("A", new Secret("old"));
    const old = await readFile(path);
    await made.changePassphrase(new Secret("a wholly different one"));
    await made.set("A", new Secret(CANARY));
    const fresh = await readFile(path);
    await writeFile(path, old);
    const thief = store();
    await thief.unlock(PASSPHRASE);
    await writeFile(path, fresh);
    expect((await thief.view()).state).toBe("locked");
    await expect(thief.unlock(PASSPHRASE)).rejects.toMatchObject({ code: "not-permitted" });
    await thief.unlock(new Secret("a wholly different one"));
    expect(await revealed(thief, "A")).toBe(CANARY);
  });

  it("a passphrase can be added to what the desktop keeps", async () => {
    const keyring = new MemoryKeyring();
    const made = store(keepersOf({ keyring }));
    await made.create("keyring", null);
    await made.set("A", new Secret(CANARY));
    await made.changePassphrase(PASSPHRASE);
    const elsewhere = store();
    await elsewhere.unlock(PASSPHRASE);
    expect(await revealed(elsewhere, "A")).toBe(CANARY);
    expect(await revealed(store(keepersOf({ keyring })), "A")).toBe(CANARY);
  });
});

describe("a store file that is not as it was written (ENV-2)", () => {
  const settle = async () => {
    await (await passphraseStore()).set("GITHUB_TOKEN", new Secret(CANARY));
    return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown> & { values: Record<string, string>; names: unknown[] };
  };

  /** Neither read nor written over, whatever is tried. */
  async function refused(message: RegExp): Promise<void> {
    const before = await readFile(path).catch(() => null);
    const each = store();
    const unlocked = await each.unlock(PASSPHRASE).catch((error: unknown) => error);
    expect(unlocked).toMatchObject({ message: expect.stringMatching(message) });
    await expect(each.set("B", new Secret("x"))).rejects.toThrow();
    await expect(each.create("passphrase", PASSPHRASE)).rejects.toThrow();
    expect(await each.value("GITHUB_TOKEN").catch(() => null)).toBeNull();
    expect(await readFile(path).catch(() => null)).toEqual(before);
  }

  it.each<readonly [string, (file: Awaited<ReturnType<typeof settle>>) => unknown]>([
    ["a name was changed", (file) => ({ ...file, names: [{ name: "OTHER", storedAt: "2026-11-22T12:00:00.000Z" }] })],
    ["a name was added", (file) => ({ ...file, names: [...file.names, { name: "MORE", storedAt: "2026-11-22T12:00:00.000Z" }] })],
    ["the revision was changed", (file) => ({ ...file, revision: 99 })],
    ["the values were cut", (file) => ({ ...file, values: { ...file.values, sealed: "AAAA" } })],
    ["the nonce was changed", (file) => ({ ...file, values: { ...file.values, nonce: "AAAAAAAAAAAAAAAA" } })],
    ["a value is no base64", (file) => ({ ...file, values: { ...file.values, sealed: "!!" } })],
    ["a field is missing", ({ names: _names, ...file }) => file],
    ["a field is too many", (file) => ({ ...file, plain: true })],
    ["a name comes twice", (file) => ({ ...file, names: [file.names[0], file.names[0]] })],
    ["no key is left", (file) => ({ ...file, keys: [] })],
    [
      "the cost would take all memory",
      (file) => ({ ...file, keys: [{ ...(file.keys as object[])[0], cost: { n: 2 ** 31, r: 8, p: 1 } }] }),
    ],
    ["it is another format", (file) => ({ ...file, format: "else" })],
    ["it is a list", () => []],
  ])("%s: damaged", async (_what, change) => {
    await writeFile(path, JSON.stringify(change(await settle())));
    await refused(/damaged/);
  });

  it("a name taken from the list of a store that is open does not make its secret look unset", async () => {
    const open = await passphraseStore();
    await open.set("GITHUB_TOKEN", new Secret(CANARY));
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), names: [] }));
    await expect(open.value("GITHUB_TOKEN")).rejects.toThrow();
  });

  it("a key moved from another store does not open this one", async () => {
    const own = await settle();
    await rename(path, `${path}.own`);
    const other = await settle();
    await writeFile(path, JSON.stringify({ ...own, keys: other.keys }));
    await refused(/not the passphrase/);
  });

  it("any single bit of it is noticed", async () => {
    await settle();
    const whole = await readFile(path);
    for (let at = 3; at < whole.length - 2; at += 37) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await writeFile(path, flipped);
      const each = store();
      const value = await each.unlock(PASSPHRASE).then(
        () => each.value("GITHUB_TOKEN"),
        () => "refused",
      );
      // White space of the file itself carries nothing.
      expect(
        value === "refused" ||
          whole
            .subarray(at, at + 1)
            .toString()
            .trim() === "",
      ).toBe(true);
    }
  });

  it("cut anywhere it is refused", async () => {
    await settle();
    const whole = await readFile(path);
    for (const length of [0, 1, 20, whole.length >> 1, whole.length - 3]) {
      await writeFile(path, whole.subarray(0, length));
      await refused(/damaged/);
    }
  });

  it("written by a newer version it says so", async () => {
    await writeFile(path, JSON.stringify({ ...(await settle()), version: 2, further: {} }));
    await refused(/newer bot-bottle/);
  });

  it("open to others, a link, a folder or in an open folder: refused with what to do", async () => {
    await settle();
    await chmod(path, 0o640);
    await refused(/open to other users/);
    await chmod(path, 0o600);
    await chmod(folder, 0o777);
    await refused(/can be written by other users/);
    await chmod(folder, 0o700);
    await rename(path, `${path}.real`);
    await symlink(`${path}.real`, path);
    await refused(/is a link/);
    await rm(path);
    await mkdir(path);
    await refused(/not a file|cannot be read/);
  });

  it("random bytes never pass", async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let seed = 1; seed <= 60; seed++) {
      const bytes = Buffer.from(
        Array.from({ length: seed * 7 }, (_, at) => (Math.imul(at + 1, 2654435761) ^ Math.imul(seed, 40503)) & 0xff),
      );
      await writeFile(path, bytes, { mode: 0o600 });
      expect((await store().view()).state).toBe("broken");
    }
  });
});
