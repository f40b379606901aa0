import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openOperatorSecrets } from "../../../../main/app/operator-secrets.ts";
import { systemClock } from "../../../../main/platform/clock.ts";
import { homePaths } from "../../../../main/platform/home.ts";
import { Secret } from "../../../../main/platform/secret.ts";
import { findKeyring } from "../../../../main/secrets/keyring.ts";
import type { DesktopKeyring } from "../../../support/secrets/desktop-keyring.ts";
import { startDesktopKeyring } from "../../../support/secrets/desktop-keyring.ts";

const linux = process.platform === "linux";

describe.runIf(linux)("the desktop's keyring, GNOME's with libsecret's secret-tool (ENV-2)", () => {
  let desktop: DesktopKeyring;
  beforeAll(async () => {
    desktop = await startDesktopKeyring();
    await vi.waitFor(async () => expect(await findKeyring(desktop.env)).not.toBeNull(), { timeout: 30_000 });
  }, 60_000);
  afterAll(() => desktop?.[Symbol.asyncDispose]());

  it("keeps a value under a name, replaces it and forgets it", async () => {
    const keyring = await findKeyring(desktop.env);
    const account = randomBytes(16).toString("hex");
    expect(await keyring?.read(account)).toBeNull();
    await keyring?.write(account, "first");
    await keyring?.write(account, "second");
    expect(await keyring?.read(account)).toBe("second");
    expect(await keyring?.read(randomBytes(16).toString("hex"))).toBeNull();
    await keyring?.remove(account);
    expect(await keyring?.read(account)).toBeNull();
  });

  it("keeps the key of a store: what one process stored, the next one opens, and no other session does", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bot-bottle-keyring-"));
    try {
      const open = (env: NodeJS.ProcessEnv) =>
        openOperatorSecrets({
          home: homePaths({ BOT_BOTTLE_HOME: folder }),
          env,
          clock: systemClock,
          role: "cli",
          keychain: null,
          askPassphrase: null,
        });
      const first = open(desktop.env);
      expect(await first.offered()).toEqual(["keyring", "passphrase"]);
      await first.store.create("keyring", null);
      await first.store.set("TOKEN", new Secret("canary-key"));
      expect((await open(desktop.env).source.resolve("TOKEN"))?.reveal()).toBe("canary-key");
      const elsewhere = open({ ...desktop.env, DBUS_SESSION_BUS_ADDRESS: "" });
      expect(await elsewhere.store.view()).toMatchObject({ state: "locked", problem: expect.stringContaining("keyring") });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("is none where there is no session bus, no keyring on it, or no program for it", async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _bus, ...noBus } = desktop.env;
    expect(await findKeyring(noBus)).toBeNull();
    expect(await findKeyring({ ...desktop.env, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" })).toBeNull();
    expect(await findKeyring({ ...desktop.env, PATH: "/nonexistent" })).toBeNull();
    expect(await findKeyring(desktop.env, "win32")).toBeNull();
  });
});

describe("a program that keeps a key (ENV-2, ENV-3)", () => {
  it("is given the value by stdin: neither its arguments nor its environment hold it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bot-bottle-keyring-"));
    try {
      const program = join(folder, "secret-tool");
      await writeFile(program, `#!/bin/sh\n{ echo "$@"; env; } >> ${folder}/seen\n[ "$1" = store ] && cat > ${folder}/stdin\nexit 1\n`);
      await chmod(program, 0o755);
      const env = { PATH: `${folder}:${process.env.PATH}`, DBUS_SESSION_BUS_ADDRESS: "unix:path=/none", GITHUB_TOKEN: "canary-env" };
      const keyring = await findKeyring(env, "linux");
      await expect(keyring?.write("a", "canary-key")).rejects.toMatchObject({ code: "not-permitted" });
      const seen = await readFile(join(folder, "seen"), "utf8");
      expect(seen).toContain("store --label=bot-bottle secret store application bot-bottle store a");
      expect(seen).not.toContain("canary");
      expect(await readFile(join(folder, "stdin"), "utf8")).toBe("canary-key");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
