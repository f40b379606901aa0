import { realpathSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join, resolve } from "node:path";
import { log, messageOf } from "../../kit/log.ts";
import { inertLine } from "../inert-line.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { NEVER_FRESH } from "../mirror/mirror.ts";
import { PktLineError } from "../protocol/pkt-line.ts";
import { ReceiveReport } from "../protocol/receive-report.ts";
import type { ReceiveRequest, RefCommand } from "../protocol/receive-request.ts";
import { ReceiveRequestReader } from "../protocol/receive-request.ts";
import type { HookQuestion } from "../push/hook-channel.ts";
import { HookChannel } from "../push/hook-channel.ts";
import type { HookVerdict, IncomingPush, PushClient } from "../push/incoming-push.ts";
import type { PushDesk, RefusedPush } from "../push/push-desk.ts";
import type { Refusal } from "../push/ref-rules.ts";
import type { Backend } from "./backend.ts";
import { begin } from "./backend.ts";
import { following } from "./body-head.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import { refusal } from "./http-refusal.ts";
import type { RequestBody } from "./request-body.ts";
import { BodyRefused } from "./request-body.ts";

export interface ReceptionParts {
  readonly mirror: Mirror;
  readonly desk: PushDesk;
  readonly body: RequestBody;
  readonly response: ServerResponse;
  /** Content type of the answer. */
  readonly type: string;
  /** Aborts when the client hung up. */
  readonly gone: AbortSignal;
  /** Starts git. */
  backend(): Backend;
}

/**
 * One push: its list of refs is read ahead, git takes the objects into a quarantine and asks by its hook, the desk decides. What
 * git asks about must be the whole list: a ref that git itself has refused takes the others with it.
 */
export class PushReception {
  readonly #parts: ReceptionParts;
  readonly #startedAt = new Date();
  #bodyError: unknown = null;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** Null when git has answered the client; else what to answer instead. */
  async receive(): Promise<HttpRefusal | null> {
    const { chunks } = this.#parts.body;
    const { head, request } = await readRequest(chunks);
    if (request.capabilities.some((word) => /^push-(?:options|cert)/.test(word)))
      return refusal(400, "push options and signed pushes are not taken");
    if (request.commands.length === 0) return this.#answerNothing();
    const backend = this.#parts.backend();
    const hook = new HookChannel(backend.hookSocket);
    const report = new ReceiveReport(request.capabilities);
    const client = this.#client(hook, report, backend);
    const asked = this.#answerHook(hook, request, client);
    const fed = this.#feed(backend, following(head, chunks));
    const answered = await backend.answer(this.#parts.response, this.#parts.type, (chunk) => report.observe(chunk));
    hook.close();
    await fed;
    if (!(await asked)) await this.#recordUnasked(request, client, report);
    return answered ? null : this.#refusal();
  }

  /** Clients try with an empty list whether they may push before they send much. */
  #answerNothing(): null {
    begin(this.#parts.response, this.#parts.type).end();
    return null;
  }

  #client(hook: HookChannel, report: ReceiveReport, backend: Backend): PushClient {
    return {
      say: (lines) => {
        for (const line of lines) hook.say(line);
      },
      gone: this.#parts.gone,
      settled: Promise.race([report.begun.promise, backend.exited.then(() => undefined)]),
    };
  }

  /** A body that breaks off ends git, which then removes the quarantine; a whole one is git's from here on. */
  async #feed(backend: Backend, chunks: AsyncIterable<Buffer>): Promise<void> {
    try {
      await backend.feed(chunks);
    } catch (error) {
      this.#bodyError = error;
      backend.cutOff();
    }
  }

  /** False when git ended without asking. */
  async #answerHook(hook: HookChannel, request: ReceiveRequest, client: PushClient): Promise<boolean> {
    const question = await hook.question;
    if (question === null) return false;
    const push = this.#push(request, client, question.objects);
    const problem = this.#questionProblem(request, question);
    const verdict: HookVerdict = problem === null ? await this.#parts.desk.receive(push) : await this.#parts.desk.refuse(push, problem);
    hook.answer(verdict);
    return true;
  }

  #push({ commands }: ReceiveRequest, client: PushClient, objects: string | null): IncomingPush {
    const { mirror, body } = this.#parts;
    return { mirror, commands, objects, client, bytes: body.bytes, startedAt: this.#startedAt };
  }

  #questionProblem({ commands }: ReceiveRequest, question: HookQuestion): RefusedPush | null {
    if (question.objects !== null && !this.#isQuarantine(question.objects))
      throw new Error("git named a quarantine that is not the mirror's");
    const missing = commands.find((command) => !question.commands.some((other) => isSame(command, other)));
    if (missing === undefined && question.commands.length === commands.length) return null;
    const reason = `git itself refuses ${inertLine(missing?.ref ?? "a ref", 200)}, and a push is taken whole or not at all`;
    return { verdict: "refused", rule: "object-check", reason };
  }

  #isQuarantine(path: string): boolean {
    return resolve(path).startsWith(join(realpathSync(this.#parts.mirror.path), "objects", "tmp_objdir-"));
  }

  async #recordUnasked(request: ReceiveRequest, client: PushClient, report: ReceiveReport): Promise<void> {
    const { desk, mirror } = this.#parts;
    await desk.record(this.#push(request, client, null), this.#unaskedEnd(report));
    if (report.unpack !== "ok" || report.refused.length > 0) return;
    // Nothing went upstream, but the mirror may have taken what nobody looked at.
    log("error", "hook-did-not-run", { repo: mirror.repo.name });
    await mirror.refresh({ maxAgeMs: NEVER_FRESH, shared: false });
  }

  #unaskedEnd(report: ReceiveReport): RefusedPush {
    const said = inertLine(report.remarks, 600);
    if (this.#bodyError instanceof BodyRefused) return { verdict: "refused", rule: "limit", reason: this.#bodyError.message };
    if (this.#bodyError !== null || this.#parts.gone.aborted) return { verdict: "failed", ...HUNG_UP };
    if (/exceeds maximum allowed size/.test(said)) return { verdict: "refused", rule: "limit", reason: said };
    const refused = report.refused[0] ?? "";
    return {
      verdict: "refused",
      rule: "object-check",
      reason: `git did not take the objects: ${said || inertLine(refused, 300) || "it gave no reason"}`,
    };
  }

  #refusal(): HttpRefusal {
    const error = this.#bodyError;
    if (error instanceof BodyRefused) return error.refusal;
    if (error !== null) log("info", "push-broke-off", { reason: messageOf(error).slice(0, 200) });
    return refusal(400, "git did not understand this request");
  }
}

const HUNG_UP: Refusal = { rule: "interrupted", reason: "the client hung up before the push was whole" };

async function readRequest(chunks: AsyncIterator<Buffer>): Promise<{ head: Buffer[]; request: ReceiveRequest }> {
  const reader = new ReceiveRequestReader();
  const head: Buffer[] = [];
  for (;;) {
    const { value, done } = await chunks.next();
    if (done === true) throw new PktLineError("the request ends before its list of refs");
    head.push(value);
    const request = reader.push(value);
    if (request !== null) return { head, request };
  }
}

function isSame(a: RefCommand, b: RefCommand): boolean {
  return a.ref === b.ref && a.old === b.old && a.new === b.new;
}
