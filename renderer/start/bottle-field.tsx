import { useId } from "react";
import type { StartForm } from "./use-start.ts";

/** The agent's own bottle, or another one for this start. */
export function BottleField({ form }: { form: StartForm }) {
  const id = useId();
  const own = form.agent?.bottle;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-dim">
        Bottle
      </label>
      <select
        id={id}
        value={form.bottle ?? ""}
        onChange={(event) => form.setBottle(event.target.value === "" ? null : event.target.value)}
        className="field data w-full"
      >
        <option value="">{own ? `the agent's own: ${own}` : "the agent's own"}</option>
        {form.bottles
          .filter((name) => name !== own)
          .map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </select>
    </div>
  );
}
