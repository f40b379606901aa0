import { useQueryClient } from "@tanstack/react-query";
import type { NotificationSettings } from "#common/ipc/notification-methods.ts";
import { callKey, useAction, useCall } from "../bridge/use-call.ts";
import { Card } from "../ui/card.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { SettingRow, SwitchRow } from "../ui/switch-row.tsx";

const NIGHT = { from: "22:00", to: "07:00" } as const;

/** How the operator is called when something waits (SUP-8). */
export function NotificationCard() {
  const client = useQueryClient();
  const key = callKey("notifications.get", {});
  const { data, error } = useCall("notifications.get", {});
  const save = useAction("notifications.set");
  if (!data) return error ? <FailureNote error={error} /> : null;
  const change = (part: Partial<NotificationSettings>) =>
    save.mutate({ ...data, ...part }, { onSuccess: (saved) => client.setQueryData(key, saved) });
  const { quietHours } = data;
  return (
    <Card title="Notifications">
      <SwitchRow
        label="Desktop notifications"
        hint="When a bottle asks for something or a push is held. They name the bottle, nothing an agent wrote."
        checked={data.desktop}
        onChange={(desktop) => change({ desktop })}
      />
      <SwitchRow label="Sound" hint="With each notification." checked={data.sound} onChange={(sound) => change({ sound })} />
      <SwitchRow
        label="Quiet hours"
        hint="Nothing rings meanwhile; what still waits is told at their end. Counts are always shown."
        checked={quietHours !== null}
        onChange={(on) => change({ quietHours: on ? NIGHT : null })}
      />
      {quietHours === null ? null : (
        <SettingRow>
          <TimeField label="From" value={quietHours.from} onChange={(from) => change({ quietHours: { ...quietHours, from } })} />
          <TimeField label="Until" value={quietHours.to} onChange={(to) => change({ quietHours: { ...quietHours, to } })} />
        </SettingRow>
      )}
      {save.error ? <FailureNote error={save.error} /> : null}
    </Card>
  );
}

function TimeField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="flex items-center gap-2 text-dim">
      {label}
      <input
        type="time"
        required
        value={value}
        onChange={(event) => event.target.value !== "" && onChange(event.target.value)}
        className="field data w-28"
      />
    </label>
  );
}
