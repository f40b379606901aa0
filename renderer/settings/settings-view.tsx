import { useCall } from "../bridge/use-call.ts";
import { Card } from "../ui/card.tsx";
import { Page } from "../ui/page.tsx";
import { Segments } from "../ui/segments.tsx";
import { SettingRow, SwitchRow } from "../ui/switch-row.tsx";
import { NotificationCard } from "./notification-card.tsx";
import { setPreference, usePreferences } from "./preferences.ts";

const themes = [
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
  { value: "system", label: "System" },
] as const;

/** Settings of this window. */
export function SettingsView() {
  const preferences = usePreferences();
  const { data } = useCall("app.info", {});
  return (
    <Page title="Settings">
      <div className="flex max-w-2xl flex-col gap-3.5 p-4">
        <Card title="Appearance">
          <SettingRow>
            <p className="grow">Theme</p>
            <Segments label="Theme" options={themes} value={preferences.theme} onChange={(theme) => setPreference("theme", theme)} />
          </SettingRow>
        </Card>
        <Card title="Keyboard and screen reader">
          <SwitchRow
            label="Single keys"
            hint="N, A, E, R, J, K and others without Ctrl. Switch off when you dictate."
            checked={preferences.singleKeys}
            onChange={(on) => setPreference("singleKeys", on)}
          />
          <SwitchRow
            label="Terminals for screen readers"
            hint="Lets a screen reader read what agents print; output is drawn a little slower."
            checked={preferences.screenReader}
            onChange={(on) => setPreference("screenReader", on)}
          />
        </Card>
        <NotificationCard />
        <Card title="About">
          <dl className="data px-3 py-2 text-sm text-dim">
            <div>
              <dt className="inline text-faint">version </dt>
              <dd className="inline">{data?.version ?? "–"}</dd>
            </div>
            <div>
              <dt className="inline text-faint">home </dt>
              <dd className="inline break-all">{data?.home ?? "–"}</dd>
            </div>
            <div>
              <dt className="inline text-faint">shell </dt>
              <dd className="inline">{data ? `${data.shell} on ${data.platform}` : "–"}</dd>
            </div>
          </dl>
        </Card>
      </div>
    </Page>
  );
}
