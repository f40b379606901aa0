import { OperatorError } from "#common/domain/operator-error.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";

const MAX_LISTED = 1000;

export async function listAudit(command: Command, slug: string | undefined): Promise<number> {
  const { services } = await command.product();
  const entries = (await services.audit.recent(slug === undefined ? null : parseSlug(slug), MAX_LISTED)).reverse();
  command.output.result({ entries }, () =>
    entries
      .map((entry) =>
        inert(
          `${entry.time}  ${entry.slug}  ${entry.component}  ${entry.subject} ${entry.action} by ${entry.by}${entry.note === "" ? "" : `: ${entry.note}`}`,
        ),
      )
      .join("\n"),
  );
  return 0;
}

/** Follows the hash chain of each log; a broken link ends the command with a failure. */
export async function verifyAudit(command: Command, slug: string | undefined): Promise<number> {
  const { services } = await command.product();
  const slugs = slug === undefined ? await services.audit.slugs() : [parseSlug(slug)];
  const verdicts = (await Promise.all(slugs.map((each) => services.audit.verify(each)))).filter(
    ({ lines, problems }) => lines + problems.length > 0,
  );
  if (slug !== undefined && verdicts.length === 0) throw new OperatorError("not-found", { message: `${slug} has no audit log` });
  const ok = verdicts.every(({ problems }) => problems.length === 0);
  command.output.result({ ok, logs: verdicts }, () =>
    verdicts
      .map((verdict) =>
        [
          `${verdict.problems.length === 0 ? "✓" : "✗"} ${verdict.slug}: ${verdict.lines} entries`,
          ...verdict.problems.map(({ line, problem }) => `    line ${line} ${problem}`),
        ].join("\n"),
      )
      .join("\n"),
  );
  return ok ? EXIT.ok : EXIT.failure;
}
