import { resolve } from "node:path";
import type { z } from "zod";
import type { StartStep } from "#common/domain/bottle.ts";
import { ManifestName } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { StartRequest } from "#common/ipc/contract.ts";
import type { Product } from "../../app/product.ts";
import { confirm } from "../confirm.ts";
import type { Command } from "../context.ts";
import { ttyOf } from "../context.ts";
import { formatPreflight } from "../format-preflight.ts";
import { inert } from "../inert.ts";
import { attachBottle } from "./attach.ts";

export interface StartOptions {
  /** Another bottle than the agent's own. */
  readonly bottle?: string;
  readonly workspace?: string;
  /** False: only the agents that the folder defines count (ENV-4). */
  readonly copy?: boolean;
  readonly detach?: boolean;
  readonly yes?: boolean;
}

const PREFLIGHT_MS = 20_000;

export async function start(command: Command, agent: string, options: StartOptions): Promise<number> {
  if (!ManifestName.safeParse(agent).success)
    throw new OperatorError("not-found", {
      message: `There is no agent ${agent}`,
      hint: "See which there are with `bot-bottle manifests`",
    });
  const bottle = options.bottle ?? null;
  if (bottle !== null && !ManifestName.safeParse(bottle).success)
    throw new OperatorError("not-found", {
      message: `There is no bottle ${bottle}`,
      hint: "See which there are with `bot-bottle manifests`",
    });
  const product = await command.product({ mayAsk: true });
  const workspace = options.workspace === undefined ? null : resolve(command.cwd, options.workspace);
  const request: StartRequest = { agent, bottle, workspace, copyWorkspace: options.copy !== false };
  if (!(await agreed(command, product, request, options.yes === true))) {
    throw new OperatorError("cancelled", { message: "Nothing was started" });
  }
  const slug = await run(command, product, request);
  const attaching = options.detach !== true && !command.output.json && ttyOf(command) !== null;
  if (!attaching) command.output.result({ slug }, () => slug);
  return attaching ? attachBottle(command, product, slug) : 0;
}

async function agreed(command: Command, product: Product, request: StartRequest, yes: boolean): Promise<boolean> {
  if (yes && command.output.json) return true;
  const preflight = await product.services.starter.preflight(request, AbortSignal.timeout(PREFLIGHT_MS));
  command.output.say(formatPreflight(preflight));
  if (yes) return true;
  return preflight.problems.length > 0 ? true : confirm(command, `Start ${request.agent}?`);
}

/** Ctrl-C at any step cancels, and waits until nothing is left. */
async function run(command: Command, product: Product, request: StartRequest): Promise<string> {
  const told = new Set<string>();
  const starting = await product.services.starter.begin(request, (_slug, steps) => {
    for (const line of newSteps(steps, told)) command.output.say(line);
  });
  const cancel = () => {
    command.output.say("cancelling…");
    starting.cancel();
  };
  command.signal.addEventListener("abort", cancel, { once: true });
  if (command.signal.aborted) cancel();
  try {
    await starting.finished;
  } finally {
    command.signal.removeEventListener("abort", cancel);
  }
  return starting.slug;
}

function newSteps(steps: readonly z.infer<typeof StartStep>[], told: Set<string>): string[] {
  return steps.flatMap((step) => {
    const line = stepLine(step);
    if (line === null || told.has(line)) return [];
    told.add(line);
    return [line];
  });
}

function stepLine({ name, state, detail, durationMs }: z.infer<typeof StartStep>): string | null {
  switch (state) {
    case "waiting":
      return null;
    case "running":
      return detail === null ? null : `  … ${name}: ${inert(detail)}`;
    case "done":
      return `  ✓ ${name} ${Math.round(durationMs ?? 0)} ms`;
    case "failed":
    case "cancelled":
      return `  ✗ ${name} ${state}`;
  }
}
