import { Switch } from "@base-ui/react/switch";
import type { ReactNode } from "react";
import { useId } from "react";
import { useCall } from "../bridge/use-call.ts";
import { Card } from "../ui/card.tsx";
import { Page } from "../ui/page.tsx";
import { Segments } from "../ui/segments.tsx";
import { setPreference, usePreferences } from "./preferences.ts";

const themes = [
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
  { value: "system", label: "System" },
] as const;

function Row({ children }: { children: ReactNode }) {
  return <div className="flex items-center gap-6 border-b border-line/60 px-3 py-2.5 last:border-b-0">{children}</div>;
}

function SwitchRow({
  label,
  hint,
  checked,
  onChange,
}: {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <Row>
      <div className="min-w-0 grow">
        <p id={id}>{label}</p>
        <p id={`${id}-hint`} className="text-sm text-faint">
          {hint}
        </p>
      </div>
      <Switch.Root
        aria-labelledby={id}
        aria-describedby={`${id}-hint`}
        checked={checked}
        onCheckedChange={onChange}
        className="flex h-5 w-9 shrink-0 items-center rounded-full border border-edge bg-raised p-0.5 data-checked:border-accent data-checked:bg-accent"
      >
        <Switch.Thumb className="size-3.5 rounded-full bg-dim transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
      </Switch.Root>
    </Row>
  );
}

/** Settings of this window. */
export function SettingsView() {
  const preferences = usePreferences();
  const { data } = useCall("app.info", {});
  return (
    <Page title="Settings">
      <div className="flex max-w-2xl flex-col gap-3.5 p-4">
        <Card title="Appearance">
          <Row>
            <p className="grow">Theme</p>
            <Segments label="Theme" options={themes} value={preferences.theme} onChange={(theme) => setPreference("theme", theme)} />
          </Row>
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
