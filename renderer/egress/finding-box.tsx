import type { ContentFinding } from "#common/domain/decision.ts";
import { InertText } from "../ui/inert-text.tsx";

const places: Record<ContentFinding["part"], string> = { path: "path", query: "query", header: "header", body: "body" };

/** What was caught on its way out: by which rule, where in the request, and where it was going. Never the whole string. */
export function FindingBox({ finding, host }: { finding: ContentFinding; host: string }) {
  return (
    <div className="rounded-md border border-bad/45 bg-bad-ground px-2.5 py-2 text-sm">
      <p>
        <span className="data font-medium text-bad">
          <InertText text={finding.rule} />
        </span>{" "}
        in the {places[finding.part]}
        {finding.place === "" ? null : (
          <>
            , <InertText text={finding.place} />
          </>
        )}
        , on its way to{" "}
        <span className="data">
          <InertText text={host} />
        </span>
      </p>
      <p className="data mt-1 break-all text-dim">
        <InertText text={finding.excerpt} />
      </p>
    </div>
  );
}
