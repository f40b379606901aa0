import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { z } from "zod";
import { OperatorError } from "#common/domain/operator-error.ts";
import { engineReason } from "./engine/engine-error.ts";
import { STAGE_LABEL } from "./names.ts";

const GVISOR = "runsc";

/** Whether the engine sees what a program writes while it runs: gVisor keeps that within its sandbox, out of the engine's copies. */
export function showsFiles(runtime: string): boolean {
  return runtime !== GVISOR;
}

/** Which runtime agents get, and why not the stronger one where it is there and not used. */
export interface RuntimeChoice {
  readonly runtime: string;
  readonly problem: string | null;
}

export interface RuntimeChooserDeps {
  /** BOT_BOTTLE_RUNTIME: the operator's word, taken as it is. */
  readonly forced: string | null;
  readonly cacheDir: string;
  readonly now: () => number;
}

const Trial = z.object({ checkedAt: z.number(), refusal: z.string().nullable() });
type Trial = z.infer<typeof Trial>;

/** The operator may have mended the runtime since. */
const REFUSAL_KEPT_MS = 24 * 3_600_000;

/**
 * Chooses gVisor where the engine has it (BKD-2). Being registered does not mean that it works with this kernel, so it is
 * tried once with a network and the image it will run; where it cannot, the choice says so instead of failing every start.
 */
export class RuntimeChooser {
  readonly #deps: RuntimeChooserDeps;
  readonly #trials = new Map<string, Promise<Trial>>();

  constructor(deps: RuntimeChooserDeps) {
    this.#deps = deps;
  }

  /** What is known without a trial, for a status that must be quick. */
  async known(info: EngineInfo): Promise<RuntimeChoice> {
    const settled = this.#settled(info);
    if (settled !== null) return settled;
    return this.#judge(info, await this.#remembered(info));
  }

  async choose(engine: Docker, info: EngineInfo, image: string): Promise<RuntimeChoice> {
    const settled = this.#settled(info);
    if (settled !== null) return settled;
    const trial = this.#trials.get(info.ID) ?? this.#try(engine, info, image);
    this.#trials.set(info.ID, trial);
    trial.catch(() => this.#trials.delete(info.ID));
    return this.#judge(info, await trial);
  }

  #settled(info: EngineInfo): RuntimeChoice | null {
    const { forced } = this.#deps;
    if (forced !== null) {
      if (forced in info.Runtimes) return { runtime: forced, problem: null };
      throw new OperatorError("bad-input", {
        message: `BOT_BOTTLE_RUNTIME is ${forced}, which this engine does not have`,
        hint: `Choose one of ${Object.keys(info.Runtimes).join(", ")}, or unset it.`,
      });
    }
    return GVISOR in info.Runtimes ? null : { runtime: info.DefaultRuntime, problem: null };
  }

  #judge(info: EngineInfo, trial: Trial | null): RuntimeChoice {
    if (trial === null || trial.refusal === null) return { runtime: GVISOR, problem: null };
    return {
      runtime: info.DefaultRuntime,
      problem: `gVisor (runsc) is registered but cannot start a container here, so bottles run under ${info.DefaultRuntime}: ${trial.refusal}`,
    };
  }

  async #try(engine: Docker, info: EngineInfo, image: string): Promise<Trial> {
    const remembered = await this.#remembered(info);
    if (remembered !== null) return remembered;
    const trial = { checkedAt: this.#deps.now(), refusal: await tryRuntime(engine, image) };
    await mkdir(this.#deps.cacheDir, { recursive: true })
      .then(() => writeFile(this.#fileOf(info), JSON.stringify(trial)))
      .catch(() => {});
    return trial;
  }

  async #remembered(info: EngineInfo): Promise<Trial | null> {
    const text = await readFile(this.#fileOf(info), "utf8").catch(() => "null");
    const trial = Trial.safeParse(parseJson(text));
    if (!trial.success) return null;
    return trial.data.refusal !== null && this.#deps.now() - trial.data.checkedAt > REFUSAL_KEPT_MS ? null : trial.data;
  }

  #fileOf(info: EngineInfo): string {
    return join(this.#deps.cacheDir, `runtime-${`${info.ID}-${info.KernelVersion}`.replace(/[^A-Za-z0-9.-]/g, "_")}.json`);
  }
}

export const EngineInfo = z.object({
  ID: z.string().default("unknown"),
  KernelVersion: z.string().default(""),
  ServerVersion: z.string(),
  Name: z.string().default(""),
  OSType: z.string().default("linux"),
  DefaultRuntime: z.string().default("runc"),
  Runtimes: z.record(z.string(), z.unknown()).default({}),
  InitCommit: z.object({ ID: z.string() }).default({ ID: "N/A" }),
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/** Null when a container with a network runs under it, else the engine's words. */
async function tryRuntime(engine: Docker, image: string): Promise<string | null> {
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: [],
    Cmd: ["true"],
    Labels: { [STAGE_LABEL]: "runtime-trial" },
    HostConfig: { Runtime: GVISOR, CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges:true"] },
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    return StatusCode === 0 ? null : `a trial ended with code ${StatusCode}`;
  } catch (error) {
    return engineReason(error);
  } finally {
    await container.remove({ force: true, v: true }).catch(() => {});
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
