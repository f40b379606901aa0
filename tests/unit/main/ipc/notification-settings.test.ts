import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { NotificationStore } from "../../../../main/ipc/notification-settings.ts";

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), "bot-bottle-notifications-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

it("keeps what the operator chose, with the sound off until they choose otherwise (SUP-8)", async () => {
  const root = folder();
  const store = await NotificationStore.open({ root });
  expect(store.settings).toEqual({ desktop: true, sound: false, quietHours: null });
  const wanted = { desktop: true, sound: true, quietHours: { from: "22:00", to: "07:00" } };
  await store.save(wanted);
  expect((await NotificationStore.open({ root })).settings).toEqual(wanted);
});

it.each(["", "{", "[]", '{"desktop":"no"}', '{"quietHours":{"from":"25:00","to":"1"}}'])(
  "takes a file that holds %j for none: it rings (SUP-8)",
  async (text) => {
    const root = folder();
    writeFileSync(join(root, "notifications.json"), text);
    expect((await NotificationStore.open({ root })).settings.desktop).toBe(true);
  },
);
