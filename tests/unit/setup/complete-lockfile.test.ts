import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { missingPlatforms, platformOf, readLockfile } from "../../../main/setup/complete-lockfile.mjs";

const lockfile = readLockfile(resolve(import.meta.dirname, "../../../package-lock.json"));

describe("package-lock.json (PKG-1)", () => {
  test("holds the packages of every platform, so that npm ci works on all of them", () => {
    expect([...missingPlatforms(lockfile).keys()]).toEqual([]);
  });

  test("names no registry: every machine has its own", () => {
    const resolved = Object.entries(lockfile.packages).filter(([, entry]) => "resolved" in entry);
    expect(resolved).toEqual([]);
  });
});

describe("platformOf", () => {
  test.each([
    ["@biomejs/cli-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
    ["@tailwindcss/oxide-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"], libc: ["glibc"] }],
    ["@oxc-parser/binding-win32-ia32-msvc", { os: ["win32"], cpu: ["ia32"] }],
    ["@tailwindcss/oxide-wasm32-wasi", { cpu: ["wasm32"] }],
  ])("%s", (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });

  test("a package without a platform in its name has none", () => {
    expect(platformOf("cpu-features")).toBeUndefined();
  });
});
