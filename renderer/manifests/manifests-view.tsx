import type { ManifestsView as Manifests } from "#common/ipc/contract.ts";
import { useOverlays } from "../app/overlays.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { Page } from "../ui/page.tsx";
import { Tag } from "../ui/tag.tsx";
import { useManifests } from "./use-manifests.ts";

type Problem = Manifests["errors"][number];

function Problems({ title, tone, problems }: { title: string; tone: "bad" | "warn"; problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <Card title={title}>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.file} ${problem.line} ${problem.message}`} className="border-b border-line/60 px-3 py-2 last:border-b-0">
            <p className={tone === "bad" ? "text-bad" : "text-warn"}>
              <InertText text={problem.message} />
            </p>
            <p className="data text-sm break-all text-faint">
              {problem.file}:{problem.line}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Agents({ agents }: { agents: Manifests["agents"] }) {
  const { show } = useOverlays();
  return (
    <Card title="Agents">
      <ul>
        {agents.map((agent) => (
          <li key={`${agent.source} ${agent.name}`} className="flex items-center gap-3 border-b border-line/60 px-3 py-1.5 last:border-b-0">
            <span className="min-w-0 grow">
              <span className="data font-medium">{agent.name}</span> <span className="text-faint">in bottle {agent.bottle}</span>
              <span className="data block truncate text-sm text-faint">{agent.file}</span>
            </span>
            <Tag>{agent.source}</Tag>
            <Button aria-label={`Start ${agent.name}…`} onClick={() => show({ name: "start", agent: agent.name })}>
              Start…
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Bottles({ bottles }: { bottles: Manifests["bottles"] }) {
  return (
    <Card title="Bottles">
      <ul>
        {bottles.map((bottle) => (
          <li key={bottle.name} className="border-b border-line/60 px-3 py-1.5 last:border-b-0">
            <span className="flex items-center gap-2">
              <span className="data font-medium">{bottle.name}</span>
              <span className="min-w-0 grow truncate text-dim">{bottle.description}</span>
              <Tag>{bottle.provider}</Tag>
              <span className="text-sm text-faint">{plural(bottle.routes, "route")}</span>
            </span>
            <span className="data block truncate text-sm text-faint">{bottle.file}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What is defined, and what is wrong with the files (MAN-9). Saving a file clears its errors. */
export function ManifestsView() {
  const { data, error } = useManifests(null);
  return (
    <Page title="Manifests" aside={<span className="text-sm text-faint">read again whenever a file is saved</span>}>
      <div className="flex max-w-4xl flex-col gap-3.5 p-4">
        {error ? <FailureNote error={error} /> : null}
        {data ? (
          <>
            <Problems title={plural(data.errors.length, "error")} tone="bad" problems={data.errors} />
            <Problems title={plural(data.warnings.length, "warning")} tone="warn" problems={data.warnings} />
            <Agents agents={data.agents} />
            <Bottles bottles={data.bottles} />
          </>
        ) : null}
      </div>
    </Page>
  );
}
