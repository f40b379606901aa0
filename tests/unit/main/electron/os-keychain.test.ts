import { describe, expect, it } from "vitest";
import { osKeychain } from "../../../../main/electron/os-keychain.ts";

type Storage = Parameters<typeof osKeychain>[0];

/** Electron's safeStorage as documented; what it "encrypts" is turned round here. */
function storage(available: boolean, backend: string): Storage {
  const turned = (text: string) => [...text].reverse().join("");
  return {
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (plain: string) => Buffer.from(turned(plain)),
    decryptString: (sealed: Buffer) => turned(sealed.toString()),
  } as unknown as Storage;
}

describe("the desktop's keychain through Electron (SEC-1, ENV-2)", () => {
  it("opens what it sealed", async () => {
    const keychain = osKeychain(storage(true, "gnome_libsecret"), "linux");
    const sealed = await keychain?.encrypt("key");
    expect(sealed && (await keychain?.decrypt(sealed))).toBe("key");
  });

  it.each(["basic_text", "unknown"])("is refused on Linux where Electron would use a password of its source code: %s", (backend) => {
    expect(osKeychain(storage(true, backend), "linux")).toBeNull();
  });

  it("is none where Electron has no encryption, and asks for a backend on Linux only", () => {
    expect(osKeychain(storage(false, "gnome_libsecret"), "linux")).toBeNull();
    expect(osKeychain(storage(true, "unknown"), "darwin")).not.toBeNull();
  });
});
