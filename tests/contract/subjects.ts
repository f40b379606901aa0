import { mkdtemp } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, LaunchPlan } from "../../main/backends/backend.ts";
import { createDockerBackend } from "../../main/backends/docker/docker-backend.ts";
import { describeTestImages } from "../support/docker/stand-in-images.ts";
import { testPlan } from "../support/docker/test-plan.ts";

/** A backend under test, and plans it can carry out. The suite itself knows only the seam. */
export interface Subject {
  readonly backend: Backend;
  plan(changes?: Partial<LaunchPlan>): LaunchPlan;
}

export interface SubjectSource {
  readonly name: string;
  prepare(): Promise<Subject>;
}

const docker: SubjectSource = {
  name: "docker",
  async prepare() {
    const cacheDir = process.env.BOT_BOTTLE_TEST_CACHE ?? (await mkdtemp(join(tmpdir(), "bot-bottle-contract-")));
    const backend = createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir });
    const images = await describeTestImages();
    await backend.buildImages([images.agent, images.bundle], { detail: () => {} }, AbortSignal.timeout(600_000));
    return { backend, plan: (changes) => testPlan(images, changes) };
  },
};

export const subjects: readonly SubjectSource[] = [docker];
