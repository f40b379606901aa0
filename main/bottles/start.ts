import type { Preflight, StartStep } from "#common/domain/bottle.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { StartRequest } from "#common/ipc/contract.ts";
import type { BundleConfig, GateLimits } from "#common/wire/bundle-config.ts";
import type { Backend, BackendOffers, GuestEntry, LaunchPlan, Limits, Progress, WorkspaceSource } from "../backends/backend.ts";
import type { Clock } from "../platform/clock.ts";
import { timestamp } from "../platform/clock.ts";
import { abortable } from "../platform/deadline.ts";
import type { Logger } from "../platform/logger.ts";
import type { RecordPlace } from "../workspace/record.ts";
import type { WorkspaceSurvey } from "../workspace/survey.ts";
import type { Blueprint, Drafting } from "./blueprint.ts";
import { tokenRefsOf } from "./blueprint.ts";
import type { BottleMetadata } from "./metadata.ts";
import { preflightOf, requireAnswers, requireEngine, requireStartable } from "./preflight.ts";
import { ownProcessMark } from "./process-mark.ts";
import type { BottleRegistry } from "./registry.ts";
import { createSlug } from "./slug.ts";
import { StartSteps } from "./start-steps.ts";

/** Files of a bundle that has everything but its address. */
export interface BundleFiles {
  readonly caCertificate: string;
  entries(config: BundleConfig): readonly GuestEntry[];
}

export interface StartDeps {
  readonly backend: Backend;
  readonly registry: BottleRegistry;
  readonly drafting: Drafting;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Limits;
  readonly versions: Readonly<Record<string, string>>;
  readonly homeId: () => Promise<string>;
  readonly responseTimeoutSeconds: () => number;
  readonly gateLimits: () => GateLimits;
  /** How long a bundle keeps a key (SSH-4); throws where the setting is no such time. */
  readonly keyLifetimeSeconds: () => number;
  /** Counts what a copy of the folder would be. */
  surveyWorkspace(hostPath: string, signal: AbortSignal): Promise<WorkspaceSurvey>;
  /** The folder on its way into the bottle; remembers what was copied, and tells how far it is. */
  copyWorkspace(slug: Slug, place: RecordPlace, progress: Pick<Progress, "detail">): WorkspaceSource;
  prepareBundle(slug: Slug): Promise<BundleFiles>;
  /** Connects to the new bundle and gives it the credentials its routes name; resolves once both are done. */
  connectBundle(slug: Slug, tokenRefs: readonly string[], signal: AbortSignal): Promise<void>;
  disconnectBundle(slug: Slug): Promise<void>;
}

/** A start on its way. `finished` rejects once everything made has been removed again. */
export interface RunningStart {
  readonly slug: Slug;
  readonly blueprint: Blueprint;
  readonly steps: readonly StartStep[];
  readonly finished: Promise<void>;
  cancel(): void;
}

export class BottleStarter {
  readonly #deps: StartDeps;

  constructor(deps: StartDeps) {
    this.#deps = deps;
  }

  async preflight(request: StartRequest, signal: AbortSignal): Promise<Preflight> {
    const { drafting, backend } = this.#deps;
    const blueprint = await drafting.draw(request);
    const [status, survey] = await Promise.all([backend.status(signal), this.#survey(blueprint, signal)]);
    return preflightOf(blueprint, backend, status, settingsProblems(this.#deps), signal, survey);
  }

  /** Only for the summary: a start that copies the folder finds out by itself. */
  async #survey({ workspace }: Blueprint, signal: AbortSignal): Promise<WorkspaceSurvey | null> {
    return workspace?.copied === true ? this.#deps.surveyWorkspace(workspace.hostPath, signal) : null;
  }

  /** Validates, then begins; resolves as soon as the bottle has its identity. */
  async begin(request: StartRequest, onSteps: (slug: Slug, steps: readonly StartStep[]) => void): Promise<RunningStart> {
    const cancelling = new AbortController();
    const blueprint = await this.#deps.drafting.draw(request);
    const status = await this.#deps.backend.status(cancelling.signal);
    requireEngine(status);
    const preflight = await preflightOf(blueprint, this.#deps.backend, status, settingsProblems(this.#deps), cancelling.signal);
    requireStartable(preflight);
    requireAnswers(preflight);
    const slug = createSlug(blueprint.agent, new Set(await this.#deps.registry.folders()));
    const steps = new StartSteps(this.#deps.clock, (all) => onSteps(slug, all));
    await this.#deps.registry.write(this.#metadata(slug, blueprint, "starting"));
    steps.begin("validate");
    const finished = this.#run(slug, blueprint, steps, cancelling.signal);
    finished.catch(() => undefined);
    const cancel = () => cancelling.abort(new OperatorError("cancelled", { message: `The start of ${slug} was cancelled` }));
    return {
      slug,
      blueprint,
      finished,
      cancel,
      get steps() {
        return steps.steps;
      },
    };
  }

  async #run(slug: Slug, blueprint: Blueprint, steps: StartSteps, signal: AbortSignal): Promise<void> {
    try {
      const plan = await this.#plan(slug, blueprint, steps);
      steps.done("validate");
      let connecting: Promise<void> | null = null;
      const connect = (): Promise<void> => {
        connecting ??= this.#deps.connectBundle(slug, tokenRefsOf(blueprint.routes), signal);
        // A launch that fails meanwhile is what the operator is told.
        connecting.catch(() => undefined);
        return connecting;
      };
      await this.#deps.backend.launch({ ...plan, onBundleRunning: () => void connect() }, steps, signal);
      steps.begin("ready");
      await abortable(connect(), signal);
      await this.#deps.registry.write(this.#metadata(slug, blueprint, "started"));
      // Cancelled while that was written: from here on it is a running bottle, and stopping it is another word.
      signal.throwIfAborted();
      steps.done("ready");
      steps.begin("attach");
      steps.done("attach");
    } catch (error) {
      await this.#undo(slug, steps, signal.aborted ? signal.reason : error);
      throw signal.aborted ? signal.reason : error;
    }
  }

  /** Nothing of a failed or cancelled start remains (BTL-5); what could not be removed is reported and found again by cleanup. */
  async #undo(slug: Slug, steps: StartSteps, error: unknown): Promise<void> {
    const cancelled = error instanceof OperatorError && error.code === "cancelled";
    steps.end(cancelled ? "cancelled" : "failed", error instanceof Error ? error.message : String(error));
    this.#deps.logger.log(cancelled ? "info" : "error", "start-failed", { slug, error });
    await this.#deps.disconnectBundle(slug);
    const report = await this.#deps.backend.stop(slug, 0);
    if (report.failed.length > 0) {
      this.#deps.logger.log("error", "teardown-incomplete", { slug, failed: report.failed });
      return;
    }
    await this.#deps.registry.forget(slug);
  }

  async #plan(slug: Slug, blueprint: Blueprint, steps: StartSteps): Promise<LaunchPlan> {
    const bundle = await this.#deps.prepareBundle(slug);
    const config = (listenHost: string, { capability }: BackendOffers): BundleConfig => ({
      protocol: 1,
      slug,
      listenHost,
      dns: this.#deps.backend.name === "docker",
      table: { revision: 1, routes: [...blueprint.routes], grants: [] },
      supervise: blueprint.supervise,
      capability,
      budget: blueprint.budget,
      repos: [...blueprint.gate.repos],
      gateLimits: this.#deps.gateLimits(),
      responseTimeoutSeconds: this.#deps.responseTimeoutSeconds(),
    });
    return {
      slug,
      agentImage: blueprint.agentImage,
      bundleImage: blueprint.bundleImage,
      command: blueprint.command,
      env: blueprint.env,
      workdir: blueprint.workdir,
      limits: this.#deps.limits,
      agentEntries: blueprint.entries,
      preCopy: blueprint.preCopy,
      verify: blueprint.verify,
      workspace: blueprint.workspace?.copied === true ? this.#deps.copyWorkspace(slug, blueprint.workspace, steps) : null,
      caCertificate: bundle.caCertificate,
      bundleEntries: (listenHost, offers) => bundle.entries(config(listenHost, offers)),
      labels: {
        "bot-bottle.home": await this.#deps.homeId(),
        "bot-bottle.agent": blueprint.agent,
        "bot-bottle.bottle": blueprint.bottle,
        "bot-bottle.provider": blueprint.provider,
      },
    };
  }

  #metadata(slug: Slug, blueprint: Blueprint, phase: BottleMetadata["phase"]): BottleMetadata {
    return {
      slug,
      agent: blueprint.agent,
      bottle: blueprint.bottle,
      provider: blueprint.provider,
      backend: this.#deps.backend.name,
      workspace: blueprint.workspace?.hostPath ?? null,
      copyWorkspace: blueprint.workspace?.copied ?? false,
      startedAt: timestamp(this.#deps.clock),
      phase,
      starter: phase === "starting" ? ownProcessMark() : null,
      identities: { ...blueprint.gate.identities },
      replaceable: {
        command: [...blueprint.replacedCommand],
        verify: blueprint.verify.map(({ argv, failure }) => ({ argv: [...argv], failure })),
      },
      dockerfile: null,
      budget: blueprint.budget,
      versions: { ...this.#deps.versions },
    };
  }
}

function settingsProblems(deps: StartDeps): string[] {
  return [deps.responseTimeoutSeconds, deps.keyLifetimeSeconds, deps.gateLimits].flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      return [error instanceof OperatorError ? error.message : String(error)];
    }
  });
}
