import type { ReactNode } from "react";
import type { BottleSummary, DaemonHealth } from "#common/domain/bottle.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { CredentialsCard } from "../egress/credentials-card.tsx";
import { MeterCard } from "../egress/meter-card.tsx";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { formatMoment, plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote, Note } from "../ui/notes.tsx";
import type { Status } from "../ui/shape.tsx";
import { Shape } from "../ui/shape.tsx";

const daemonShapes: Record<DaemonHealth["state"], Status> = {
  starting: "starting",
  healthy: "running",
  restarting: "starting",
  failed: "failed",
  stopped: "stopped",
};

function Daemon({ slug, daemon }: { slug: string; daemon: DaemonHealth }) {
  const restart = useAction("sidecars.restart");
  return (
    <li className="flex items-center gap-3 border-b border-line/60 px-3 py-2 last:border-b-0">
      <Shape status={daemonShapes[daemon.state]} />
      <span className="w-24 font-medium">{daemon.name}</span>
      <span className="min-w-0 grow text-dim">
        {daemon.state} for <Age since={daemon.since} />
        {daemon.restarts > 0 ? ` · ${plural(daemon.restarts, "restart")}` : ""}
        {daemon.lastError ? (
          <span className="data block text-sm text-bad">
            <InertText text={daemon.lastError} />
          </span>
        ) : null}
        {restart.error ? <FailureNote error={restart.error} /> : null}
      </span>
      <Button
        aria-label={`Restart ${daemon.name}`}
        disabled={restart.isPending}
        onClick={() => restart.mutate({ slug, daemon: daemon.name })}
      >
        {restart.isPending ? "Restarting…" : "Restart"}
      </Button>
    </li>
  );
}

const linkWords = { connecting: "connecting", connected: "connected", lost: "lost: this is the last known state" } as const;

function Sidecars({ slug }: { slug: string }) {
  const { data, error } = useCall("health.get", { slug });
  if (error) return <FailureNote error={error} />;
  if (!data) return null;
  return (
    <>
      {data.missingSecrets.length > 0 ? (
        <Note tone="warn" title={`Waiting for ${data.missingSecrets.join(", ")}`}>
          Routes with this credential answer 503 until it has a value: store it in the Secrets view.
        </Note>
      ) : null}
      <Card title="Sidecars" aside={<span className="text-sm text-faint">control link {linkWords[data.link]}</span>}>
        {data.daemons.length > 0 ? (
          <ul>
            {data.daemons.map((daemon) => (
              <Daemon key={daemon.name} slug={slug} daemon={daemon} />
            ))}
          </ul>
        ) : (
          <p className="px-3 py-2 text-faint">Nothing reported yet.</p>
        )}
      </Card>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[8rem_minmax(0,1fr)] border-b border-line/60 px-3 py-1.5 last:border-b-0">
      <dt className="text-faint">{name}</dt>
      <dd className="data min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** Everything about a bottle that is not a stream. */
export function InfoTab({ bottle }: { bottle: BottleSummary }) {
  return (
    <div className="flex min-h-0 grow flex-col gap-4 overflow-y-auto p-4">
      <Card title="Bottle">
        <dl>
          <Fact name="State">
            {bottle.state}
            {bottle.exitCode === null ? "" : `, exit code ${bottle.exitCode}`}
          </Fact>
          <Fact name="Agent">{bottle.agent}</Fact>
          <Fact name="Bottle manifest">{bottle.bottle}.md</Fact>
          <Fact name="Provider">{bottle.provider}</Fact>
          <Fact name="Backend">
            {bottle.backend}
            {bottle.runtime ? ` · ${bottle.runtime}` : ""}
          </Fact>
          <Fact name="Workspace">{bottle.workspace ?? "none: an empty home"}</Fact>
          <Fact name="Started">{bottle.startedAt ? formatMoment(bottle.startedAt) : "not known"}</Fact>
        </dl>
      </Card>
      <Card title="Tokens and cost today">
        <div className="px-3 py-2">
          <MeterCard slug={bottle.slug} />
        </div>
      </Card>
      <Card title="Credentials and their switch">
        <div className="px-1 py-1">
          <CredentialsCard slug={bottle.slug} />
        </div>
      </Card>
      {bottle.state === "running" ? <Sidecars slug={bottle.slug} /> : null}
    </div>
  );
}
