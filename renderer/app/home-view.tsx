import { useEffect } from "react";
import { groupBottles, railOrder } from "../bottles/grouping.ts";
import { useBottles } from "../bottles/use-bottles.ts";
import { useAction, useCall } from "../bridge/use-call.ts";
import { useManifests } from "../manifests/use-manifests.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState, FailureNote, Note } from "../ui/notes.tsx";
import { bottleView, go, replaceView } from "./location.ts";
import { useOverlays } from "./overlays.tsx";

const DEMO = "demo";

function DemoButton() {
  const { data } = useManifests(null);
  const start = useAction("bottles.start");
  if (!data?.agents.some((agent) => agent.name === DEMO)) return null;
  const run = () => start.mutate({ agent: DEMO, workspace: null }, { onSuccess: ({ slug }) => go(bottleView(slug)) });
  return (
    <>
      <Button variant="primary" disabled={start.isPending} onClick={run}>
        {start.isPending ? "Starting…" : "Start the demo bottle"}
      </Button>
      {start.error ? <FailureNote error={start.error} /> : null}
    </>
  );
}

function EngineNote() {
  const { data } = useCall("engine.status", {});
  if (data?.state !== "unavailable") return null;
  return (
    <div className="mx-auto w-full max-w-xl px-6 pt-10">
      <Note tone="bad" title={data.problem ?? "The container engine is not available."}>
        {data.hint}
      </Note>
    </div>
  );
}

function FirstRun() {
  const { show } = useOverlays();
  return (
    <>
      <EngineNote />
      <EmptyState
        main
        title="Run an agent without having to trust it"
        actions={
          <>
            <DemoButton />
            <Button onClick={() => show({ name: "start", agent: null })}>Choose an agent…</Button>
          </>
        }
      >
        <p>
          Every agent gets a bottle: a sandbox whose only way out is its own policed egress. It never holds a real credential, and what it
          lacks it has to ask you for.
        </p>
        <p className="pt-3">The demo bottle is a plain shell with one route. Type curl in it and watch each request being decided.</p>
      </EmptyState>
    </>
  );
}

/** The first bottle of the rail, or how to get one. */
export function HomeView() {
  const { bottles, known, error } = useBottles();
  const first = railOrder(groupBottles(bottles))[0]?.slug;
  useEffect(() => {
    if (first) replaceView(bottleView(first));
  }, [first]);
  return (
    <main className="min-h-0 overflow-y-auto [grid-area:main]">
      {error ? (
        <div className="p-6">
          <FailureNote error={error} />
        </div>
      ) : null}
      {known && !first ? <FirstRun /> : null}
    </main>
  );
}
