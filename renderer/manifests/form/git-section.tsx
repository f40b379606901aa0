import { X } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../../ui/button.tsx";
import { visibleString } from "../../ui/visible-text.ts";
import { isMap } from "../editor/json-path.ts";
import { AddByName } from "./add-by-name.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { InSourceOnly } from "./field.tsx";
import { FlagField } from "./flag-field.tsx";
import { useFieldState, useForm } from "./form-scope.ts";
import { FormSection } from "./form-section.tsx";
import { TextField } from "./text-field.tsx";

const USER = ["git-gate", "user"];
const REPOS = ["git-gate", "repos"];
const REPO_NAME = /^[A-Za-z0-9._-]+$/;

/** Who the agent's commits are by. */
export function GitUserFields() {
  return (
    <>
      <TextField label="Name" path={[...USER, "name"]} hint="Who the agent's commits are by: claimed, not vouched for." />
      <TextField label="Email" path={[...USER, "email"]} />
    </>
  );
}

function RepoRow({ name }: { name: string }) {
  const path = [...REPOS, name];
  const repo = useFieldState(path, true);
  const { names } = useForm();
  const [open, setOpen] = useState(false);
  if (!isMap(repo.value))
    return (
      <li className="py-1.5">
        <InSourceOnly what={`${name} is not a repository: edit it in the source,`} line={repo.line} jump={repo.jump} />
      </li>
    );
  const { url } = repo.value;
  return (
    <li className="border-t border-line/60 first:border-t-0">
      <div className="flex items-center gap-1.5">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-8 min-w-0 grow items-center gap-2 rounded-sm text-left hover:bg-raised focus-visible:outline-offset-[-2px]"
        >
          <span aria-hidden="true" className={`w-2 shrink-0 text-faint ${open ? "rotate-90" : ""}`}>
            ›
          </span>
          <span className="data shrink-0 font-medium">{visibleString(name)}</span>
          <span className="data min-w-0 grow truncate text-right text-sm text-faint">
            {typeof url === "string" ? visibleString(url) : ""}
          </span>
        </button>
        <IconButton label={`Remove the repository ${name}`} disabled={repo.inert} onClick={() => repo.set(undefined)}>
          <X size={13} aria-hidden="true" />
        </IconButton>
      </div>
      {open ? (
        <div className="flex flex-col gap-0.5 pt-2">
          <TextField label="URL" path={[...path, "url"]} placeholder="ssh://git@example.com/team/repo.git" />
          <TextField
            label="Identity"
            path={[...path, "identity"]}
            names={names.tokenRefs}
            hint="Path of a private key, or the name of a secret."
          />
          <TextField label="Host key" path={[...path, "host_key"]} placeholder="ssh-ed25519 AAAA…" hint="The only key the host may show." />
          <FlagField label="Force push" path={[...path, "allow_force"]} hint="On: history may be rewritten." />
          <FlagField label="Delete refs" path={[...path, "allow_delete"]} hint="On: branches and tags may be deleted." />
          <ChoiceField
            label="On finding"
            path={[...path, "on_finding"]}
            options={["refuse", "hold"]}
            none="not set"
            hint="When a push holds a secret: refuse it, or hold it for you."
          />
          <ChoiceField
            label="Review"
            path={[...path, "review"]}
            options={["always"]}
            none="not set"
            hint="Always: every push waits for you."
          />
        </div>
      ) : null}
    </li>
  );
}

function repoNameFault(name: string, taken: readonly string[]): string | null {
  if (taken.includes(name)) return `${name} is there already.`;
  return name !== "" && !REPO_NAME.test(name) ? "Letters, digits, . _ and - only." : null;
}

function AddRepo({ taken }: { taken: readonly string[] }) {
  return (
    <AddByName
      what="repository"
      placeholder="repo"
      path={REPOS}
      faultOf={(name) => repoNameFault(name, taken)}
      entry={(name) => ({ url: `ssh://git@example.com/team/${name}.git`, identity: "~/.ssh/id_ed25519" })}
    />
  );
}

/** Who commits are by, and which repositories can be fetched and pushed. */
export function GitSection() {
  const repos = useFieldState(REPOS);
  const names = isMap(repos.value) ? Object.keys(repos.value) : [];
  const strange = repos.value !== undefined && repos.value !== null && !isMap(repos.value);
  return (
    <FormSection title="Git" path={["git-gate"]}>
      <GitUserFields />
      {strange ? <InSourceOnly what="Not a map of repositories: edit it in the source," line={repos.line} jump={repos.jump} /> : null}
      <ul aria-label="Repositories">
        {names.map((name) => (
          <RepoRow key={name} name={name} />
        ))}
      </ul>
      {strange ? null : <AddRepo taken={names} />}
    </FormSection>
  );
}
