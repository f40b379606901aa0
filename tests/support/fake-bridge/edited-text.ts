import { isSeq, parseDocument } from "yaml";
import type { MethodInput } from "#common/ipc/contract.ts";
import { splitFrontmatter } from "#common/manifest/frontmatter.ts";
import { Refusal } from "./handler.ts";

type Changes = MethodInput<"manifests.edit">["changes"];

/** A text with values set in its frontmatter: as far as the fake needs it, comments stay. */
export function editedText(source: string, changes: Changes, body: string | null): string {
  const parts = splitFrontmatter(source);
  if (!parts.ok) throw new Refusal("manifest-invalid", "The frontmatter cannot be read.", "Put it right in the source first.");
  const document = parseDocument(parts.value.yaml);
  for (const { path, value } of changes) {
    const steps = path.map((step, index) => (isSeq(document.getIn(path.slice(0, index))) ? Number(step) : step));
    if (value === null) document.deleteIn(steps);
    else document.setIn(steps, document.createNode(value));
  }
  const empty =
    document.contents === null || (Array.isArray(document.toJS()) ? false : Object.keys(document.toJS() as object).length === 0);
  const yaml = empty ? "" : document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return `---\n${yaml}---\n${body ?? source.slice(parts.value.bodyStart)}`;
}
