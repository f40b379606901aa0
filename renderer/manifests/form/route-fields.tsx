import { Segments } from "../../ui/segments.tsx";
import type { Path } from "../editor/json-path.ts";
import { valueAt } from "../editor/json-path.ts";
import { Field, InSourceOnly } from "./field.tsx";
import { FlagField } from "./flag-field.tsx";
import { useFieldState, useForm } from "./form-scope.ts";
import { sourceOnlyKeys } from "./route-words.ts";
import { LinesField, TextField } from "./text-field.tsx";

const schemes = [
  { value: "none", label: "none" },
  { value: "Bearer", label: "Bearer" },
  { value: "token", label: "token" },
] as const;

function AuthFields({ path }: { path: Path }) {
  const field = useFieldState([...path, "auth"]);
  const { names } = useForm();
  const scheme = valueAt(field.value, ["scheme"]);
  const known = schemes.find(({ value }) => value === scheme)?.value;
  const declared = field.value !== undefined;
  const choose = (next: (typeof schemes)[number]["value"]) => {
    const token = valueAt(field.value, ["token_ref"]);
    field.set(next === "none" ? undefined : { scheme: next, token_ref: typeof token === "string" ? token : "TOKEN_NAME" });
  };
  return (
    <>
      <Field
        group
        label="Credential"
        problem={field.problem}
        inert={field.inert}
        hint="Added by egress after the decision; what the agent sends is removed."
      >
        {({ disabled }) =>
          declared && !known && typeof scheme !== "undefined" ? (
            <InSourceOnly what="A scheme this form does not know:" line={field.line} jump={field.jump} />
          ) : (
            <Segments label="Credential scheme" options={schemes} disabled={disabled} value={known ?? "none"} onChange={choose} />
          )
        }
      </Field>
      {known && known !== "none" ? (
        <TextField
          label="Secret"
          path={[...path, "auth", "token_ref"]}
          names={names.tokenRefs}
          hint="The name of a secret, never its value."
        />
      ) : null}
    </>
  );
}

/** Everything of one route that is changed often; the rest is named with its line. */
export function RouteFields({ path }: { path: Path }) {
  const route = useFieldState(path);
  const others = sourceOnlyKeys(route.value);
  return (
    <div className="flex flex-col gap-0.5 pt-2">
      <TextField label="Host" path={[...path, "host"]} hint="One exact host: no wildcard, no port, no address." />
      <LinesField
        label="Methods"
        path={[...path, "methods"]}
        inline
        rows={1}
        spelled={(text) => text.toUpperCase()}
        hint="For example GET HEAD. None: every method passes, also those that send data."
      />
      <LinesField label="Paths" path={[...path, "path_allowlist"]} hint="One prefix a line, from /. None: every path passes." />
      <AuthFields path={path} />
      <FlagField label="WebSocket" path={[...path, "websocket"]} hint="On: connections may be upgraded." />
      <FlagField
        label="Pass through"
        path={[...path, "pipelock", "tls_passthrough"]}
        hint="Has no effect in this version: the content is scanned by egress in any case."
      />
      <LinesField
        label="Private nets"
        path={[...path, "pipelock", "ssrf_ip_allowlist"]}
        rows={1}
        hint="Addresses such as 10.0.0.0/8 that the host's name may lead to."
      />
      {others.length > 0 ? (
        <div className="pb-2">
          <InSourceOnly what={`Also set, in the source only: ${others.join(", ")},`} line={route.line} jump={route.jump} />
        </div>
      ) : null}
    </div>
  );
}
