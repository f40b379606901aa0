import { setImmediate as nextTurn } from "node:timers/promises";
import type { z } from "zod";
import type { DaemonHealth } from "#common/domain/bottle.ts";
import type { Slug, TokenRef } from "#common/domain/names.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { BundleFrame, BundleReady, ClientFrame } from "#common/wire/control.ts";
import { log, messageOf } from "../kit/log.ts";
import type { Daemon } from "./daemon.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { withoutOldest } from "./ledger-file.ts";
import type { PolicyBook, PolicyOutcome, SecretValues } from "./policy-book.ts";
import type { Client } from "./proposal-claims.ts";
import type { GitPicture, PushBook, PushDiffFrame } from "./push-book.ts";
import type { SecretVault } from "./secret-vault.ts";

/** Decided proposals that clients are told of at once; they share a frame with routes and pushes. */
const DECIDED_SHOWN = { count: 50, bytes: 1024 * 1024 };

/** What clients ask for and are answered. */
export type ControlRequest = Extract<ClientFrame, { id: number }>;
type Answer = Extract<BundleFrame, { type: "done" | "failed" | "push-diff" }>;
type GitRequest = Extract<ControlRequest, { type: "set-keys" | "decide-push" | "read-push" | "refresh-repo" }>;

export interface ControlDeskParts {
  readonly slug: Slug;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly vault: SecretVault;
  readonly policy: PolicyBook;
  /** Null where no repository is declared. */
  readonly pushes: PushBook | null;
  readonly daemons: readonly Daemon[];
  /** Begins the shutdown; returns at once. */
  shutdown(): void;
}

/** What every session of the control channel asks of the bundle. */
export class ControlDesk {
  readonly #parts: ControlDeskParts;
  #closing = false;

  constructor(parts: ControlDeskParts) {
    this.#parts = parts;
  }

  get slug(): Slug {
    return this.#parts.slug;
  }

  get journal(): Journal {
    return this.#parts.journal;
  }

  /** From here on nothing is changed any more. */
  close(): void {
    this.#closing = true;
  }

  /** Resolves when every daemon serves or has failed to: `ready` says something then. */
  async settled(): Promise<void> {
    await Promise.all(this.#parts.daemons.map((daemon) => daemon.settled()));
  }

  health(): DaemonHealth[] {
    return this.#parts.daemons.map(({ health }) => health);
  }

  missingSecrets(): TokenRef[] {
    return this.#parts.vault.missing(this.#parts.ledger.table);
  }

  git(): GitPicture {
    return this.#parts.pushes?.picture() ?? { repos: [], pushes: [] };
  }

  ready(): z.infer<typeof BundleReady> {
    const { ledger, journal } = this.#parts;
    return {
      type: "ready",
      table: ledger.table,
      proposals: shown(ledger.proposals),
      health: this.health(),
      missingSecrets: this.missingSecrets(),
      cuts: ledger.cuts,
      ...this.git(),
      lastSeq: journal.lastSeq,
    };
  }

  acknowledge(seq: number): void {
    this.#parts.journal.acknowledge(seq);
  }

  async perform(request: ControlRequest, client: Client): Promise<Answer> {
    const { id } = request;
    try {
      const outcome = await this.#perform(request, client);
      if ("type" in outcome) return outcome;
      return outcome.ok
        ? { type: "done", id, revision: outcome.revision }
        : { type: "failed", id, code: outcome.code, message: outcome.message };
    } catch (error) {
      log("error", "request-failed", { request: request.type, reason: messageOf(error) });
      return { type: "failed", id, code: "apply-failed", message: `it could not be stored: ${messageOf(error)}` };
    }
  }

  async #perform(request: ControlRequest, client: Client): Promise<PolicyOutcome | PushDiffFrame> {
    if (this.#closing) return SHUTTING_DOWN;
    // A client may ask before it was told `ready`: nothing can be made live while egress starts. What ends or cuts off waits for nothing.
    if (request.type !== "shutdown" && request.type !== "set-cuts") await this.settled();
    switch (request.type) {
      case "set-routes":
        return this.#parts.policy.setRoutes(request);
      case "set-secrets":
        return this.#setSecrets(request.values);
      case "decide":
        return this.#parts.policy.decide(request, client);
      case "set-keys":
      case "decide-push":
      case "read-push":
      case "refresh-repo":
        return this.#performGit(request);
      case "set-cuts":
        return this.#parts.policy.setCuts(request);
      case "claim-proposal":
        return this.#parts.policy.claim(request, client);
      case "report-failure":
        return this.#parts.policy.reportFailure(request, client);
      case "restart":
        return this.#restart(request.daemon);
      case "shutdown":
        this.#parts.shutdown();
        return this.#done();
    }
  }

  async #performGit(request: GitRequest): Promise<PolicyOutcome | PushDiffFrame> {
    const { pushes } = this.#parts;
    if (pushes === null) return { ok: false, code: "not-found", message: "this bundle has no git-gate" };
    const outcome = await performGit(pushes, request);
    // The picture is told in the next turn: a client has it before the answer.
    await nextTurn();
    return outcome;
  }

  async #setSecrets(values: SecretValues): Promise<PolicyOutcome> {
    const problem = this.#parts.vault.problem(values);
    return problem === null ? this.#parts.policy.setSecrets(values) : { ok: false, code: "bad-request", message: problem };
  }

  async #restart(name: DaemonHealth["name"]): Promise<PolicyOutcome> {
    const daemon = this.#parts.daemons.find((candidate) => candidate.name === name);
    if (daemon === undefined) return { ok: false, code: "not-found", message: `this bundle has no ${name}` };
    if (!(await daemon.restart())) return SHUTTING_DOWN;
    const { state, lastError } = daemon.health;
    return state === "healthy"
      ? this.#done()
      : { ok: false, code: "apply-failed", message: `${name} is ${state}: ${lastError ?? "no reason known"}` };
  }

  #done(): PolicyOutcome {
    return { ok: true, revision: this.#parts.ledger.table.revision };
  }
}

function performGit(pushes: PushBook, request: GitRequest): Promise<PolicyOutcome | PushDiffFrame> {
  switch (request.type) {
    case "set-keys":
      return pushes.setKeys(request);
    case "decide-push":
      return pushes.decide(request);
    case "read-push":
      return pushes.read(request);
    case "refresh-repo":
      return pushes.refresh(request);
  }
}

/** All that are pending, and of the others the latest. */
function shown(proposals: readonly Proposal[]): Proposal[] {
  return withoutOldest(proposals, ({ status }) => status !== "pending", DECIDED_SHOWN);
}

const SHUTTING_DOWN: PolicyOutcome = { ok: false, code: "shutting-down", message: "the bundle is shutting down" };
