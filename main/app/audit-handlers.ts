import { exportLog } from "../audit/export-log.ts";
import type { AppHandlers } from "../ipc/handlers.ts";
import { exportFile } from "../platform/export-file.ts";
import type { Services } from "./services.ts";

export type AuditHandlers = Pick<AppHandlers, Extract<keyof AppHandlers, `audit.${string}`>>;

/** The methods of the Audit view (SUP-7). */
export function createAuditHandlers({ audit, deps }: Services): AuditHandlers {
  const slugsOf = async (slug: string | null) => (slug === null ? audit.slugs() : [slug]);
  return {
    "audit.search": (search) => audit.search(search),
    "audit.verify": async ({ slug }) => {
      const verdicts = await Promise.all((await slugsOf(slug)).map((each) => audit.verify(each)));
      return verdicts.filter(({ lines, problems }) => lines + problems.length > 0);
    },
    "audit.export": async ({ slug, format }) => {
      const file = await exportFile(deps.home, deps.clock.now(), `audit-${slug ?? "all"}`, format);
      return { file, entries: await exportLog(audit, await slugsOf(slug), format, file) };
    },
  };
}
