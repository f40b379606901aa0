import { useDeferredValue, useId, useState } from "react";
import type { MethodOutput } from "#common/ipc/contract.ts";
import { asFailure } from "../bridge/bridge.ts";
import { useCall } from "../bridge/use-call.ts";
import { Button } from "../ui/button.tsx";
import { formatCount, formatMoment, plural } from "../ui/format.ts";
import { InertText } from "../ui/inert-text.tsx";
import { EmptyState } from "../ui/notes.tsx";
import { useRoutes } from "./use-egress.ts";
import { useRouteEdit } from "./use-route-edit.ts";
import { VerdictSign } from "./verdict.tsx";
import type { SupposedRoute } from "./what-if.ts";
import { nothingSupposed, readSupposed } from "./what-if.ts";

type Replay = MethodOutput<"decisions.what-if">;

function Requests({ replay }: { replay: Replay }) {
  return (
    <ul aria-label="Past requests" className="data min-h-0 grow overflow-y-auto px-4 py-2 text-sm leading-5">
      {replay.requests.map((request) => (
        <li key={`${request.method} ${request.path} ${request.reason}`} className="flex items-baseline gap-2 py-0.5">
          <span className="shrink-0 text-faint">{formatMoment(request.time).slice(5, 16)}</span>
          <VerdictSign verdict={request.allowed ? "allowed" : "refused"} />
          <span className="min-w-0 grow truncate">
            <InertText text={`${request.method} ${request.path}`} />
          </span>
          {request.allowed ? null : (
            <span className="shrink truncate font-sans text-faint">
              refused: <InertText text={request.reason} />
            </span>
          )}
          <span className="shrink-0 text-faint">{request.count > 1 ? `${formatCount(request.count)} times` : ""}</span>
        </li>
      ))}
    </ul>
  );
}

function Answer({ replay }: { replay: Replay }) {
  const total = replay.allowed + replay.refused;
  return (
    <>
      <p role="status" className="border-b border-line px-4 py-2">
        {total === 0 ? (
          "No request to this host is on record, so there is nothing to compare with."
        ) : (
          <>
            This route would have allowed{" "}
            <b className="data font-semibold">
              {formatCount(replay.allowed)} of {plural(total, "past request")}
            </b>{" "}
            of this bottle to this host.
          </>
        )}
      </p>
      {total > 0 ? <Requests replay={replay} /> : null}
    </>
  );
}

interface FieldsProps {
  draft: SupposedRoute;
  hosts: readonly string[];
  onChange: (draft: SupposedRoute) => void;
}

function Fields({ draft, hosts, onChange }: FieldsProps) {
  const id = useId();
  const set = (change: Partial<SupposedRoute>) => onChange({ ...draft, ...change });
  return (
    <div className="grid grid-cols-[minmax(10rem,1fr)_minmax(8rem,.7fr)_minmax(10rem,1fr)] gap-3">
      <label className="flex min-w-0 flex-col gap-1 text-dim">
        Host
        <input
          value={draft.host}
          onChange={(event) => set({ host: event.target.value })}
          list={`${id}-hosts`}
          spellCheck={false}
          className="field data"
        />
        <datalist id={`${id}-hosts`}>
          {hosts.map((host) => (
            <option key={host} value={host} />
          ))}
        </datalist>
      </label>
      <label className="flex min-w-0 flex-col gap-1 text-dim">
        Methods
        <input
          value={draft.methods}
          onChange={(event) => set({ methods: event.target.value })}
          placeholder="any method"
          spellCheck={false}
          className="field data"
        />
      </label>
      <label className="flex min-w-0 flex-col gap-1 text-dim">
        Path prefixes
        <input
          value={draft.paths}
          onChange={(event) => set({ paths: event.target.value })}
          placeholder="any path, or /api/ /docs"
          spellCheck={false}
          className="field data"
        />
      </label>
    </div>
  );
}

/** Which past requests a route would have let through, as it is typed: the proxy's own matcher over the whole record (EGR-2). */
export function WhatIfPanel({ slug }: { slug: string }) {
  const [draft, setDraft] = useState(nothingSupposed);
  const routes = useRoutes(slug);
  const edit = useRouteEdit(slug);
  const asked = useDeferredValue(readSupposed(draft));
  const answer = useCall("decisions.what-if", { slug, ...asked }, { enabled: asked.host !== "", keepPrevious: true });
  const hosts = (routes.data?.counts ?? []).map(({ host }) => host).filter((host) => /^[\w.-]+$/.test(host));
  return (
    <section aria-label="What if" className="flex min-h-0 grow flex-col">
      <div className="flex flex-col gap-2 border-b border-line px-4 py-3">
        <Fields draft={draft} hosts={hosts.slice(0, 200)} onChange={setDraft} />
        <div className="flex min-h-7.5 items-center gap-3">
          <label className="flex shrink-0 items-center gap-2 text-dim">
            <input
              type="checkbox"
              checked={draft.websocket}
              onChange={(event) => setDraft({ ...draft, websocket: event.target.checked })}
              className="accent-accent"
            />
            WebSocket too
          </label>
          <p className="min-w-0 grow text-sm text-bad" role="alert">
            {answer.error && asked.host !== "" ? <InertText text={asFailure(answer.error).message} /> : null}
          </p>
          <Button
            disabled={asked.host === "" || answer.error !== null}
            onClick={() => edit({ host: asked.host, methods: asked.methods, pathAllowlist: asked.pathAllowlist, allowFinding: null })}
          >
            Open as a route edit…
          </Button>
        </div>
      </div>
      {asked.host === "" ? (
        <EmptyState title="What would a route have let through?">
          Name a host, methods and paths: the same check that decides on live requests runs over everything this bottle ever asked for.
          Nothing changes by it.
        </EmptyState>
      ) : answer.data && !answer.error ? (
        <Answer replay={answer.data} />
      ) : null}
    </section>
  );
}
