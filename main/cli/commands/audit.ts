import type { AuditEntry } from "#common/domain/audit.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { createAuditHandlers } from "../../app/audit-handlers.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";

const MAX_LISTED = 1000;

export interface AuditListOptions {
  /** Words that an entry must hold, all of them. */
  readonly search?: string;
}

/** The newest entries, newest last. */
export async function listAudit(command: Command, slug: string | undefined, { search }: AuditListOptions): Promise<number> {
  const { services } = await command.product();
  const everything = { component: null, since: null, until: null, offset: 0, limit: MAX_LISTED };
  const found = await services.audit.search({ ...everything, text: search ?? "", slug: slug === undefined ? null : parseSlug(slug) });
  const entries = found.entries.reverse();
  command.output.result({ entries, total: found.total }, () => entries.map(asText).join("\n"));
  return 0;
}

/** Follows the hash chain of each log; a broken link ends the command with a failure. */
export async function verifyAudit(command: Command, slug: string | undefined): Promise<number> {
  const { services } = await command.product();
  const verdicts = await createAuditHandlers(services)["audit.verify"]({ slug: slug === undefined ? null : parseSlug(slug) });
  if (slug !== undefined && verdicts.length === 0) throw new OperatorError("not-found", { message: `${slug} has no audit log` });
  const ok = verdicts.every(({ problems }) => problems.length === 0);
  command.output.result({ ok, logs: verdicts }, () =>
    verdicts
      .map((verdict) =>
        [
          `${verdict.problems.length === 0 ? "✓" : "✗"} ${verdict.slug}: ${entriesText(verdict.lines)}`,
          ...verdict.problems.map(({ file, line, problem }) => `    ${file} line ${line} ${problem}`),
        ].join("\n"),
      )
      .join("\n"),
  );
  return ok ? EXIT.ok : EXIT.failure;
}

/** Writes the log to a file of its own, where it can be read and kept by other means. */
export async function exportAudit(command: Command, slug: string | undefined, options: { readonly csv?: boolean }): Promise<number> {
  const { services } = await command.product();
  const format = options.csv === true ? "csv" : "jsonl";
  const written = await createAuditHandlers(services)["audit.export"]({ slug: slug === undefined ? null : parseSlug(slug), format });
  command.output.result(written, () => `${entriesText(written.entries)} written to ${written.file}`);
  return 0;
}

function entriesText(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

function asText({ time, slug, component, subject, action, by, note }: AuditEntry): string {
  return inert(`${time}  ${slug}  ${component}  ${subject} ${action} by ${by}${note === "" ? "" : `: ${note}`}`);
}
