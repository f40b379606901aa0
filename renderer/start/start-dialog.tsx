import { useId, useRef, useState } from "react";
import { hrefOf } from "../app/location.ts";
import { useManifestProblems } from "../manifests/use-manifests.ts";
import type { SecretErrand } from "../secrets/secret-dialog.tsx";
import { SecretDialog } from "../secrets/secret-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { plural } from "../ui/format.ts";
import { Modal } from "../ui/modal.tsx";
import { FailureNote } from "../ui/notes.tsx";
import { AgentField } from "./agent-field.tsx";
import { BottleField } from "./bottle-field.tsx";
import { PreflightSummary } from "./preflight-summary.tsx";
import { PromptFields } from "./prompt-fields.tsx";
import { useStart } from "./use-start.ts";
import { WorkspaceField } from "./workspace-field.tsx";

function ManifestHint({ onClose }: { onClose: () => void }) {
  const problems = useManifestProblems();
  if (problems === 0) return null;
  return (
    <p className="text-sm text-faint">
      {plural(problems, "manifest error")} may hide agents.{" "}
      <a href={hrefOf({ name: "manifests" })} onClick={onClose} className="text-dim underline underline-offset-2 hover:text-text">
        Show them
      </a>
    </p>
  );
}

function StartFields({
  agent,
  onClose,
  input,
}: {
  agent: string | null;
  onClose: () => void;
  input: React.RefObject<HTMLInputElement | null>;
}) {
  const form = useStart(agent, onClose);
  const [errand, setErrand] = useState<SecretErrand | null>(null);
  const reason = useId();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    form.start();
  };
  return (
    <>
      <form onSubmit={submit} className="flex flex-col gap-3.5 px-5 pt-3 pb-5">
        <div className="grid grid-cols-2 gap-3">
          <AgentField agents={form.agents} agent={form.agent} onChange={form.setAgent} input={input} />
          <BottleField form={form} />
        </div>
        <WorkspaceField form={form} />
        <PromptFields prompts={form.prompts} />
        {form.error ? <FailureNote error={form.error} /> : null}
        {form.preflight ? <PreflightSummary preflight={form.preflight} busy={form.checking} onErrand={setErrand} /> : null}
        <ManifestHint onClose={onClose} />
        <div className="sticky -bottom-[9vh] -mx-5 -mb-5 flex items-center gap-3 rounded-b-lg border-t border-line bg-panel px-5 py-3">
          <p id={reason} role="status" className="min-w-0 grow truncate text-sm text-faint" title={form.obstacle ?? undefined}>
            {form.starting ? "Starting…" : form.obstacle}
          </p>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            hotkey="Enter"
            disabled={form.obstacle !== null || form.starting}
            aria-describedby={reason}
          >
            Start
          </Button>
        </div>
      </form>
      {/* Beside the form: what is sent in the dialog would be sent here too. */}
      <SecretDialog errand={errand} onClose={() => setErrand(null)} />
    </>
  );
}

/** Choose, read what it would do, start. */
export function StartDialog({ open, agent, onClose }: { open: boolean; agent: string | null; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Modal
      open={open}
      onClose={onClose}
      title="Start an agent"
      description="It gets a bottle of its own. What is listed here is all it can reach."
      initialFocus={input}
    >
      <StartFields agent={agent} onClose={onClose} input={input} />
    </Modal>
  );
}
