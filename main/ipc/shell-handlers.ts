import type { MethodOutput } from "#common/ipc/contract.ts";
import type { ShellHandlers } from "./handlers.ts";
import type { NotificationStore } from "./notification-settings.ts";
import type { Shell } from "./shell.ts";

export interface PanelFacts {
  readonly version: string;
  readonly home: string;
  readonly notifications: NotificationStore;
  closeNoticeShown(): Promise<boolean>;
}

/** The methods about the window and its desktop; the shell may still be opening when the application is built. */
export function createShellHandlers(facts: PanelFacts, kind: Shell["kind"], shell: () => Promise<Shell>): ShellHandlers {
  return {
    "app.info": async (): Promise<MethodOutput<"app.info">> => ({
      version: facts.version,
      shell: kind,
      home: facts.home,
      platform: process.platform,
      closeNoticeShown: await facts.closeNoticeShown(),
    }),
    "workspace.choose": async () => (await shell()).chooseFolder(),
    "notifications.get": async () => facts.notifications.settings,
    "notifications.set": (settings) => facts.notifications.save(settings),
    "link.open": async ({ url }) => {
      await (await shell()).openExternal(url);
      return {};
    },
  };
}
