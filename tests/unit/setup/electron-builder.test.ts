import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { getConfig, validateConfiguration } from "app-builder-lib/out/util/config/config.js";
import { DebugLogger } from "builder-util";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const config = await getConfig(root, "electron-builder.yml", null);

describe("electron-builder.yml (PKG-1)", () => {
  test("is valid by electron-builder's own schema", async () => {
    await expect(validateConfiguration(config, new DebugLogger(false))).resolves.toBeUndefined();
  });

  test("a misspelt key would be noticed", async () => {
    const misspelt = { ...config, protocolls: [] };
    await expect(validateConfiguration(misspelt, new DebugLogger(false))).rejects.toThrow(/protocolls/);
  });

  test("the icons it names are there", () => {
    const resources = join(root, config.directories?.buildResources ?? "");
    for (const icon of [config.linux?.icon, config.mac?.icon, config.win?.icon])
      expect(existsSync(join(resources, String(icon)))).toBe(true);
  });

  test("the binary takes no options from its environment (SEC-1)", () => {
    expect(config.electronFuses).toMatchObject({
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});
