import { expect, test } from "vitest";
import { parsePreferences } from "../../../../renderer/settings/preferences.ts";

test.each([null, "", "{", '{"theme":"pink"}'])("UI-3: unreadable preferences %s are the defaults", (stored) => {
  expect(parsePreferences(stored)).toMatchObject({ theme: "dark", singleKeys: true });
});
