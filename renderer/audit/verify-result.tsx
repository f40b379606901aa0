import { CircleCheck } from "lucide-react";
import type { AuditVerdict } from "#common/ipc/audit-methods.ts";
import { plural } from "../ui/format.ts";
import { Note } from "../ui/notes.tsx";

/** What following the hash chains found, bottle by bottle where something is wrong. */
export function VerifyResult({ verdicts }: { verdicts: readonly AuditVerdict[] }) {
  const broken = verdicts.filter(({ problems }) => problems.length > 0);
  const entries = verdicts.reduce((sum, { lines }) => sum + lines, 0);
  if (broken.length === 0) {
    return (
      <p role="status" className="flex items-center gap-2 px-4 py-2 text-ok">
        <CircleCheck size={14} aria-hidden="true" />
        {plural(entries, "entry", "entries")} in {plural(verdicts.length, "log")}: nothing was changed, dropped or reordered.
      </p>
    );
  }
  return (
    <div className="px-4 py-2">
      <Note tone="bad" title={`${plural(broken.length, "log")} of ${verdicts.length} cannot be trusted`}>
        <ul>
          {broken.flatMap(({ slug, problems }) =>
            problems.slice(0, 20).map(({ file, line, problem }) => (
              <li key={`${slug} ${file} ${line}`} className="data text-sm">
                {slug}: {file} line {line} {problem}
              </li>
            )),
          )}
        </ul>
        Compare with a backup or an export; what else a program with your rights could do, it could have done as well.
      </Note>
    </div>
  );
}
