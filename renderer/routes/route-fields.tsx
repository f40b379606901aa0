import { EgressFields } from "../proposals/edit/egress-fields.tsx";
import { Field } from "../proposals/edit/field.tsx";
import { PipelockFields } from "../proposals/edit/pipelock-fields.tsx";
import type { RouteRow } from "./route-rows.ts";
import type { ShownRow } from "./use-route-editor.ts";

/** One route, field by field. */
export function RouteFields({ shown: { row, problems }, onChange }: { shown: ShownRow; onChange: (row: RouteRow) => void }) {
  return (
    <fieldset className="flex flex-col gap-1 font-sans text-base">
      <legend className="sr-only">Route {row.egress.host}</legend>
      <EgressFields draft={row.egress} problems={problems} onChange={(egress) => onChange({ ...row, egress })} focus />
      <Field
        label="WebSocket"
        hint="What the agent sends through it is scanned like any request; an agent cannot ask for it."
        problem={undefined}
      >
        {(field) => (
          <label className="flex h-7.5 items-center gap-2">
            <input
              {...field}
              type="checkbox"
              checked={row.websocket}
              onChange={(event) => onChange({ ...row, websocket: event.target.checked })}
              className="accent-accent"
            />
            may be opened
          </label>
        )}
      </Field>
      <PipelockFields draft={row.pipelock} problems={problems} onChange={(pipelock) => onChange({ ...row, pipelock })} />
    </fieldset>
  );
}
