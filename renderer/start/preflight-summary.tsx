import type { ReactNode } from "react";
import type { Preflight } from "#common/domain/bottle.ts";
import type { SecretErrand } from "../secrets/secret-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { Note } from "../ui/notes.tsx";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)] px-3 py-1">
      <dt className="text-faint">{name}</dt>
      <dd className="data min-w-0 break-words">{children}</dd>
    </div>
  );
}

function WorkspaceWords({ workspace }: Pick<Preflight, "workspace">) {
  if (!workspace) return "none: starts in an empty home";
  return (
    <>
      <InertText text={workspace.hostPath} /> → {workspace.guestPath}
      {workspace.files === null ? "" : ` · ${plural(workspace.files, "file")} copied`}
    </>
  );
}

function Lines({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

function RouteLine({ route }: { route: string }) {
  const [host = route, auth] = route.split(/ (?=\[)/);
  return (
    <li>
      {host} {auth ? <span className="text-ok">{auth}</span> : null}
    </li>
  );
}

/** What stands in the way, each with what can be done about it from here. */
function Problems({ preflight, onErrand }: { preflight: Preflight; onErrand: (errand: SecretErrand) => void }) {
  return preflight.problems.map((problem) => {
    const secret = preflight.lackingSecrets.find((each) => each.problem === problem);
    const action = secret ? (
      <Button onClick={() => onErrand(secret.locked ? { do: "unlock" } : { do: "store", name: secret.name })}>
        {secret.locked ? "Unlock…" : `Store ${secret.name}…`}
      </Button>
    ) : null;
    return <Note key={problem} tone="bad" title={<InertText text={problem} />} action={action} />;
  });
}

/**
 * What the start would do, before it does it; the same facts as on the command line (BTL-1). A repository chooses its agent's
 * identity and the names of its files: neither may make the rest read otherwise.
 */
export function PreflightSummary({
  preflight,
  busy,
  onErrand,
}: {
  preflight: Preflight;
  busy: boolean;
  onErrand: (errand: SecretErrand) => void;
}) {
  return (
    <section aria-label="Preflight" aria-busy={busy} className="flex flex-col gap-2">
      <Problems preflight={preflight} onErrand={onErrand} />
      {preflight.warnings.map((warning) => (
        <Note key={warning} tone="warn" title={<InertText text={warning} />} />
      ))}
      <dl className="rounded-lg border border-line bg-ground py-1.5">
        <Fact name="Bottle">
          {preflight.bottle} · {preflight.provider}
        </Fact>
        <Fact name="Backend">
          {preflight.backend}
          {preflight.runtime ? ` · ${preflight.runtime}` : ""}
        </Fact>
        <Fact name="Image">
          {preflight.image} {preflight.imagePresent ? "" : <span className="text-warn">· is built first</span>}
        </Fact>
        <Fact name="Workspace">
          <WorkspaceWords workspace={preflight.workspace} />
        </Fact>
        <Fact name="May reach">
          {preflight.routes.length > 0 ? (
            <ul>
              {preflight.routes.map((route) => (
                <RouteLine key={route} route={route} />
              ))}
            </ul>
          ) : (
            "nothing: it has to ask"
          )}
        </Fact>
        {preflight.envNames.length > 0 ? <Fact name="Environment">{preflight.envNames.join(", ")}</Fact> : null}
        {preflight.skills.length > 0 ? (
          <Fact name="Skills">
            <Lines items={preflight.skills} />
          </Fact>
        ) : null}
        {preflight.gitIdentity ? (
          <Fact name="Git identity">
            <InertText text={preflight.gitIdentity} />
          </Fact>
        ) : null}
        {preflight.repos.length > 0 ? (
          <Fact name="Repositories">
            <Lines items={preflight.repos} />
          </Fact>
        ) : null}
        <Fact name="Supervise">{preflight.supervise ? "on: the agent can ask for routes" : "off: the agent cannot ask"}</Fact>
      </dl>
    </section>
  );
}
