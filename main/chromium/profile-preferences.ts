import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../platform/atomic-file.ts";

const Preferences = z.looseObject({
  profile: z.looseObject({}).catch({}).default({}),
  autofill: z.looseObject({}).catch({}).default({}),
});

/**
 * The browser must not offer to keep what is typed into the panel's password fields: its own store of passwords, without a
 * keyring, is as good as plain text in the profile (ENV-3). It reads this file once, when it starts.
 */
export async function forbidKeepingPasswords(profileFolder: string): Promise<void> {
  const path = join(profileFolder, "Default", "Preferences");
  const { profile, autofill, ...rest } = parse(await readFile(path, "utf8").catch(() => "{}"));
  const preferences = {
    ...rest,
    credentials_enable_service: false,
    credentials_enable_autosignin: false,
    profile: { ...profile, password_manager_enabled: false, password_manager_leak_detection: false },
    autofill: { ...autofill, profile_enabled: false, credit_card_enabled: false },
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, JSON.stringify(preferences));
}

/** A file that the browser left half-written holds nothing worth keeping. */
function parse(text: string): z.infer<typeof Preferences> {
  try {
    return Preferences.catch(Preferences.parse({})).parse(JSON.parse(text));
  } catch {
    return Preferences.parse({});
  }
}
