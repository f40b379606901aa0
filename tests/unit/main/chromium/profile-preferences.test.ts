import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forbidKeepingPasswords } from "../../../../main/chromium/profile-preferences.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-profile-"));
  file = join(folder, "Default/Preferences");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = async () => JSON.parse(await readFile(file, "utf8")) as unknown;
const forbidden = {
  credentials_enable_service: false,
  profile: { password_manager_enabled: false },
  autofill: { profile_enabled: false, credit_card_enabled: false },
};

describe("the browser's profile (SEC-1, ENV-3)", () => {
  it("keeps no password, in a new profile and in one that is there", async () => {
    await forbidKeepingPasswords(folder);
    expect(await read()).toMatchObject(forbidden);
    await writeFile(file, JSON.stringify({ browser: { theme: 1 }, credentials_enable_service: true, profile: { name: "x" } }));
    await forbidKeepingPasswords(folder);
    expect(await read()).toMatchObject({ ...forbidden, browser: { theme: 1 }, profile: { name: "x", password_manager_enabled: false } });
  });

  it.each(["", "{", "[]", "null", '{"profile":3,"autofill":null}'])("also where its file is damaged: %j", async (text) => {
    await mkdir(join(folder, "Default"));
    await writeFile(file, text);
    await forbidKeepingPasswords(folder);
    expect(await read()).toMatchObject(forbidden);
  });
});
