import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { plural } from "../../ui/format.ts";
import { Shape } from "../../ui/shape.tsx";
import { visibleString } from "../../ui/visible-text.ts";
import type { Json } from "../editor/json-path.ts";
import { isMap, removing, setting, valueAt } from "../editor/json-path.ts";
import { InSourceOnly } from "./field.tsx";
import { useFieldState, useForm } from "./form-scope.ts";
import { FormSection } from "./form-section.tsx";
import { RouteFields } from "./route-fields.tsx";
import { freeHost, routeSummary } from "./route-words.ts";

const ROUTES = ["egress", "routes"];
const SHOWN_AT_FIRST = 40;

interface RouteRowProps {
  index: number;
  open: boolean;
  onToggle: () => void;
  onRemove: () => void;
}

function RouteRow({ index, open, onToggle, onRemove }: RouteRowProps) {
  const path = [...ROUTES, String(index)];
  const route = useFieldState(path, true);
  const host = valueAt(route.value, ["host"]);
  const name = typeof host === "string" ? visibleString(host) : `route ${index + 1}`;
  if (!isMap(route.value))
    return (
      <li className="py-1.5">
        <InSourceOnly what="Not a route: edit it in the source," line={route.line} jump={route.jump} />
      </li>
    );
  return (
    <li className="border-t border-line/60 first:border-t-0">
      <div className="flex items-center gap-1.5">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex min-h-8 min-w-0 grow items-center gap-2 rounded-sm py-1 text-left hover:bg-raised focus-visible:outline-offset-[-2px]"
        >
          <span aria-hidden="true" className={`w-2 shrink-0 text-faint ${open ? "rotate-90" : ""}`}>
            ›
          </span>
          {route.problem ? <Shape status={route.problem.severity === "error" ? "failed" : "needs-you"} /> : null}
          <span className="data shrink-0 font-medium">{name}</span>
          <span className="min-w-0 grow truncate text-right text-sm text-faint">{visibleString(routeSummary(route.value))}</span>
        </button>
        <IconButton label={`Remove the route to ${name}`} disabled={route.inert} onClick={onRemove}>
          <X size={13} aria-hidden="true" />
        </IconButton>
      </div>
      {open ? <RouteFields path={path} /> : null}
    </li>
  );
}

function RouteList({ routes }: { routes: readonly Json[] }) {
  const { draft, state } = useForm();
  const [open, setOpen] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const shown = all ? routes : routes.slice(0, SHOWN_AT_FIRST);
  const remove = (index: number) => {
    setOpen(null);
    draft.change(removing(state.frontmatter, [...ROUTES, String(index)]));
  };
  return (
    <>
      <ul aria-label="Routes">
        {shown.map((_, index) => (
          <RouteRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a route's identity in the file is its place
            key={index}
            index={index}
            open={open === index}
            onToggle={() => setOpen(open === index ? null : index)}
            onRemove={() => remove(index)}
          />
        ))}
      </ul>
      {shown.length < routes.length ? (
        <Button onClick={() => setAll(true)}>Show {plural(routes.length - shown.length, "more route")}</Button>
      ) : null}
    </>
  );
}

/** What the bottle may reach. */
export function RoutesSection() {
  const { draft, state, inert } = useForm();
  const field = useFieldState(ROUTES);
  const routes = Array.isArray(field.value) ? field.value : [];
  const strange = field.value !== undefined && field.value !== null && !Array.isArray(field.value);
  const add = () => {
    const route = { host: freeHost(routes), methods: ["GET"] };
    const path = routes.length === 0 ? ROUTES : [...ROUTES, String(routes.length)];
    draft.change(setting(state.frontmatter, path, routes.length === 0 ? [route] : route));
  };
  const addButton = (
    <Button icon={<Plus size={13} aria-hidden="true" />} disabled={inert || strange} onClick={add}>
      Add route
    </Button>
  );
  return (
    <FormSection title={routes.length > 0 ? `Routes (${routes.length})` : "Routes"} path={["egress"]} aside={addButton}>
      {strange ? <InSourceOnly what="Not a list of routes: edit it in the source," line={field.line} jump={field.jump} /> : null}
      {routes.length === 0 && !strange ? (
        <NoRoutes inherited={field.value === undefined && valueAt(state.frontmatter, ["extends"]) !== undefined} />
      ) : null}
      <RouteList routes={routes} />
    </FormSection>
  );
}

function NoRoutes({ inherited }: { inherited: boolean }) {
  return (
    <p className="pb-1 text-sm text-faint">
      {inherited
        ? "None here: the parent's routes hold. A route added here replaces all of them."
        : "None: besides what its provider needs, the agent reaches nothing and has to ask."}
    </p>
  );
}
