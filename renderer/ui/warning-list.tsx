import { InertText } from "./inert-text.tsx";
import { Note } from "./notes.tsx";

/** What the operator should know before a decision; nothing where there is nothing to warn of. */
export function WarningList({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul aria-label="Warnings" className="flex flex-col gap-1.5">
      {warnings.map((warning) => (
        <li key={warning}>
          <Note tone="warn" title={<InertText text={warning} />} />
        </li>
      ))}
    </ul>
  );
}
