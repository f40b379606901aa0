import type { BottleSummary } from "#common/domain/bottle.ts";
import { statusOf, statusWord } from "../bottles/grouping.ts";
import { useBottles } from "../bottles/use-bottles.ts";
import { Card } from "../ui/card.tsx";
import { EmptyState, FailureNote } from "../ui/notes.tsx";
import { Page } from "../ui/page.tsx";
import { Shape } from "../ui/shape.tsx";
import { RouteList } from "./route-list.tsx";
import { useRoutes } from "./use-egress.ts";

function RoutesOfBottle({ bottle }: { bottle: BottleSummary }) {
  const { data, error } = useRoutes(bottle.slug);
  return (
    <Card
      title={
        <span className="flex items-center gap-2.5 font-medium">
          <Shape status={statusOf(bottle)} />
          {bottle.slug}
          <span className="sr-only">{statusWord(bottle)}</span>
        </span>
      }
      aside={
        data ? (
          <span className="text-sm text-faint">
            revision <span className="data">{data.table.revision}</span>
          </span>
        ) : null
      }
    >
      <div className="px-3">
        {error ? <FailureNote error={error} /> : null}
        {data ? <RouteList slug={bottle.slug} view={data} /> : null}
      </div>
    </Card>
  );
}

/** What every running bottle may reach, side by side. */
export function RoutesView() {
  const { bottles, known } = useBottles();
  const running = bottles.filter((bottle) => bottle.state === "running");
  return (
    <Page title="Routes">
      {known && running.length === 0 ? (
        <EmptyState title="No bottle is running">
          Routes belong to bottles. Start an agent to see what it may reach; what each manifest declares shows before the start.
        </EmptyState>
      ) : null}
      <div className="grid grid-cols-[repeat(auto-fill,minmax(22rem,1fr))] items-start gap-3.5 p-4">
        {running.map((bottle) => (
          <RoutesOfBottle key={bottle.slug} bottle={bottle} />
        ))}
      </div>
    </Page>
  );
}
