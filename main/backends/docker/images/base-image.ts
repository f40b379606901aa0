import type Docker from "dockerode";
import { engineReason, isMissing } from "../engine/engine-error.ts";
import type { OfflineBaseDeps } from "./offline-base.ts";
import { buildOfflineBase, NODE_VERSION, OFFLINE_BASE } from "./offline-base.ts";
import { followProgress } from "./progress-lines.ts";

/** What production Dockerfiles start from (D13). */
const PUBLIC_BASE = `node:${NODE_VERSION}-bookworm-slim`;

/** A registry that has not said a word by then does not answer here; once it has, a slow download may take its time. */
const REGISTRY_ANSWER_MS = 15_000;

/** Finds the base that images are built from: present, pulled, or made here from packages. */
export class BaseImage {
  readonly #deps: OfflineBaseDeps;

  constructor(deps: OfflineBaseDeps) {
    this.#deps = deps;
  }

  async ensure(engine: Docker, detail: (text: string) => void, signal: AbortSignal): Promise<string> {
    for (const ref of [PUBLIC_BASE, OFFLINE_BASE]) if (await imageExists(engine, ref)) return ref;
    const refusal = await pull(engine, PUBLIC_BASE, detail, signal);
    if (refusal === null) return PUBLIC_BASE;
    detail(`no image registry answers (${refusal}); building the base from packages`);
    await buildOfflineBase(this.#deps, engine, refusal, detail, signal);
    return OFFLINE_BASE;
  }

  /** Whether another public image is here now. Where this base had to be made, no registry is asked again. */
  async pulled(engine: Docker, ref: string, detail: (text: string) => void, signal: AbortSignal): Promise<boolean> {
    if (await imageExists(engine, ref)) return true;
    if ((await this.ensure(engine, detail, signal)) !== PUBLIC_BASE) return false;
    return (await pull(engine, ref, detail, signal)) === null;
  }
}

export async function imageExists(engine: Docker, ref: string): Promise<boolean> {
  try {
    await engine.getImage(ref).inspect();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Null when the image is here now, else why it could not be had. */
async function pull(engine: Docker, ref: string, detail: (text: string) => void, signal: AbortSignal): Promise<string | null> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error("no answer")), REGISTRY_ANSWER_MS);
  const either = AbortSignal.any([signal, silence.signal]);
  const heard = (text: string) => {
    clearTimeout(timer);
    detail(text);
  };
  try {
    const response: NodeJS.ReadableStream = await engine.pull(ref, { abortSignal: either });
    await followProgress(response, heard, either);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return silence.signal.aborted ? "no answer in time" : engineReason(error);
  } finally {
    clearTimeout(timer);
  }
}
