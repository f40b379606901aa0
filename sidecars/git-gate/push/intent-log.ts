import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PushDecision, PushRecord, RefUpdate } from "#common/domain/git.ts";
import { replaceFile } from "../../kit/atomic-file.ts";
import { log } from "../../kit/log.ts";

/** A push that is about to be forwarded, with what is to be told of it once it is. */
const Intent = z.strictObject({
  version: z.literal(1),
  /** As it will be recorded when the upstream has it. */
  push: PushRecord,
  updates: z.array(RefUpdate),
  /** The operator's, for a push that was held. */
  decision: PushDecision.nullable(),
});
export type Intent = z.infer<typeof Intent>;

/**
 * What the gate is about to send upstream, on disk before it is sent and until it is recorded. A gate that was killed in
 * between looks up what became of it: no push that arrived goes unrecorded, none is sent twice.
 */
export class IntentLog {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  begin(intent: Omit<Intent, "version">): void {
    replaceFile(this.#path(intent.push.id), JSON.stringify({ version: 1, ...intent } satisfies Intent));
  }

  end(pushId: string): void {
    rmSync(this.#path(pushId), { force: true });
  }

  /** Of a run that was killed. */
  leftovers(): Intent[] {
    return readdirSync(this.#folder).flatMap((name) => (name.endsWith(".json") ? this.#read(name) : []));
  }

  #read(name: string): Intent[] {
    const parsed = Intent.safeParse(parseJson(readFileSync(join(this.#folder, name), "utf8")));
    if (!parsed.success) log("error", "intent-unreadable", { name });
    return parsed.success ? [parsed.data] : [];
  }

  #path(pushId: string): string {
    return join(this.#folder, `${pushId}.json`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
