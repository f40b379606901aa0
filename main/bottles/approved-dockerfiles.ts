import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { writeFileAtomic } from "../platform/atomic-file.ts";
import type { HomePaths } from "../platform/home.ts";

const NAME = /^agent-[0-9a-f]{64}\.Dockerfile$/;

/** The Dockerfile that a bottle's agent asked for and runs on, kept in the bottle's state folder under its own digest. */
export class ApprovedDockerfiles {
  readonly #home: HomePaths;

  constructor(home: HomePaths) {
    this.#home = home;
  }

  async keep(slug: Slug, dockerfile: string): Promise<void> {
    await mkdir(this.#home.bottleState(slug), { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.#file(slug, digestOf(dockerfile)), dockerfile, 0o600);
  }

  /** What has another digest was changed by somebody, and is nothing to compare a proposal with. */
  async read(slug: Slug, digest: string): Promise<string> {
    const text = await readFile(this.#file(slug, digest), "utf8").catch(() => null);
    if (text !== null && digestOf(text) === digest) return text;
    throw new OperatorError("conflict", {
      message: `The Dockerfile that the agent of ${slug} runs on is gone from its state folder, or was changed there`,
      hint: "Stop the bottle and start another to approve further images",
    });
  }

  async dropAllBut(slug: Slug, digest: string | null): Promise<void> {
    const folder = this.#home.bottleState(slug);
    const names = await readdir(folder).catch(() => []);
    const stale = names.filter((name) => NAME.test(name) && name !== `agent-${digest}.Dockerfile`);
    await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
  }

  #file(slug: Slug, digest: string): string {
    return join(this.#home.bottleState(slug), `agent-${digest}.Dockerfile`);
  }
}

export function digestOf(dockerfile: string): string {
  return createHash("sha256").update(dockerfile).digest("hex");
}
