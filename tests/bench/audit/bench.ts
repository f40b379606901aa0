import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry } from "#common/domain/audit.ts";
import { AuditLog } from "../../../main/audit/audit-log.ts";
import { CHAIN_START, hashEntry } from "../../../main/audit/chain.ts";
import { homePaths } from "../../../main/platform/home.ts";

const BOTTLES = 20;
const LINES_EACH = 5000;
const SEARCHES = ["", "approved", "host-4999", "operator docs", "nowhere-to-be-found"];

/** 100,000 audit lines over twenty bottles: the first search, which reads them all, later ones, a record, and verifying (SUP-7). */
export async function run(): Promise<Record<string, number>> {
  const root = mkdtempSync(join(tmpdir(), "bot-bottle-bench-audit-"));
  try {
    const home = homePaths({ BOT_BOTTLE_HOME: root });
    for (let bottle = 0; bottle < BOTTLES; bottle++) await writeLog(home.bottleState(slugOf(bottle)), slugOf(bottle));
    const log = new AuditLog(home, { now: () => new Date() });
    const search = (text: string) => log.search({ text, slug: null, component: null, since: null, until: null, offset: 0, limit: 200 });
    const firstSearchMs = await timed(() => search(""));
    const later: number[] = [];
    for (let round = 0; round < 5; round++) for (const text of SEARCHES) later.push(await timed(() => search(text)));
    const rssMiB = process.memoryUsage().rss / 1024 ** 2;
    const recordMs = await timed(() =>
      log.record({
        slug: slugOf(0),
        component: "egress",
        subject: "new",
        action: "approved",
        by: "x",
        note: "",
        before: null,
        after: null,
      }),
    );
    const verifyMs = await timed(() => log.verify(slugOf(0)));
    return { firstSearchMs, searchMsWorst: Math.max(...later), firstRecordMs: recordMs, verify5000Ms: verifyMs, rssMiB };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function slugOf(bottle: number): string {
  return `demo-${String(bottle).padStart(5, "0")}`;
}

async function writeLog(folder: string, slug: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const routes = Array.from({ length: 10 }, (_, at) => `  - host: docs-${at}.example.org\n    methods: [GET]\n`).join("");
  let previous = CHAIN_START;
  const lines: string[] = [];
  for (let index = 0; index < LINES_EACH; index++) {
    const content: Omit<AuditEntry, "hash"> = {
      index,
      time: new Date(1_760_000_000_000 + index * 1000).toISOString(),
      slug,
      component: "egress",
      subject: `${slug}.${index}`,
      action: index % 3 === 0 ? "rejected" : "approved",
      by: "operator",
      note: "",
      before: routes,
      after: `${routes}  - host: host-${index}.example.org\n`,
      previous,
    };
    const hash = hashEntry(content);
    lines.push(`${JSON.stringify({ ...content, hash })}\n`);
    previous = hash;
  }
  await writeFile(join(folder, "audit.jsonl"), lines.join(""));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
