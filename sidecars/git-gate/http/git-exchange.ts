import type { IncomingMessage, ServerResponse } from "node:http";
import { log, messageOf } from "../../kit/log.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { NEVER_FRESH } from "../mirror/mirror.ts";
import type { Programs } from "../programs.ts";
import { errorLine, FLUSH, PktLineError, pktLine } from "../protocol/pkt-line.ts";
import type { PushDesk } from "../push/push-desk.ts";
import type { Turns } from "../turns.ts";
import { Backend, begin } from "./backend.ts";
import { firstLine, following } from "./body-head.ts";
import type { GateTarget, GitService } from "./gate-target.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import { refusal, refuse } from "./http-refusal.ts";
import { PushReception } from "./push-reception.ts";
import type { BodyRoom } from "./request-body.ts";
import { BodyRefused, headersProblem, RequestBody } from "./request-body.ts";

export interface ExchangeParts {
  readonly programs: Programs;
  readonly mirrors: ReadonlyMap<string, Mirror>;
  readonly pushes: PushDesk;
  readonly packBytes: number;
  readonly idleMs: number;
  /** Of programs that serve fetches. */
  readonly fetches: Turns;
  /** For the bodies of all requests together. */
  readonly room: BodyRoom;
}

/** A client's `git fetch` asks two or three times: what was refreshed for its first question does for the others. */
const EXCHANGE_MS = 60_000;
/** Names of objects that a client wants and has: git keeps all of them in memory. */
const FETCH_BODY_BYTES = 16 * 1024 * 1024;

/** One request of smart HTTP, from its target on. */
export class GitExchange {
  readonly #parts: ExchangeParts;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #service: GitService;
  readonly #mirror: Mirror;
  readonly #gone = new AbortController();

  constructor(parts: ExchangeParts, target: GateTarget, request: IncomingMessage, response: ServerResponse) {
    const mirror = parts.mirrors.get(target.repo);
    if (mirror === undefined) throw new Error(`there is no mirror of ${target.repo}`);
    this.#parts = parts;
    this.#request = request;
    this.#response = response;
    this.#service = target.service;
    this.#mirror = mirror;
    response.on("close", () => response.writableFinished || this.#gone.abort());
  }

  async advertise(): Promise<void> {
    const preamble = Buffer.concat([pktLine(`# service=${this.#service}\n`), FLUSH]);
    const type = `application/x-${this.#service}-advertisement`;
    const isPush = this.#service === "git-receive-pack";
    const problem = await this.#mirror.refresh({ maxAgeMs: NEVER_FRESH, shared: isPush });
    if (problem !== null) return this.#tell(type, Buffer.concat([preamble, errorLine(problem.reason)]));
    using _turn = await this.#parts.fetches.take();
    const protocol = isPush ? null : protocolVersion(this.#request);
    const backend = this.#backend(true, protocol);
    this.#endWithClient(backend);
    const answered = await backend.answer(this.#response, type, ignore, protocol === "version=2" ? undefined : preamble);
    if (!answered) this.#refuse(NOT_UNDERSTOOD);
  }

  /** With `Expect: 100-continue`, `proceed` asks the client for the body. */
  async exchange(proceed: () => void): Promise<void> {
    const { packBytes, idleMs, room } = this.#parts;
    const limits = { bytes: this.#service === "git-upload-pack" ? FETCH_BODY_BYTES : packBytes, idleMs, room };
    const problem = headersProblem(this.#request, `application/x-${this.#service}-request`, limits);
    if (problem !== null) return this.#refuse(problem);
    proceed();
    const body = new RequestBody(this.#request, limits);
    try {
      if (this.#service === "git-upload-pack") await this.#fetch(body);
      else await this.#push(body);
    } catch (error) {
      this.#refuse(bodyRefusal(error));
    } finally {
      await body.close();
    }
  }

  async #fetch(body: RequestBody): Promise<void> {
    const head = await firstLine(body.chunks);
    const problem = await this.#mirror.refresh({ maxAgeMs: EXCHANGE_MS, shared: false });
    if (problem !== null) return this.#tell(this.#resultType, errorLine(problem.reason));
    using _turn = await this.#parts.fetches.take();
    const backend = this.#backend(false, protocolVersion(this.#request));
    this.#endWithClient(backend);
    const fed = backend.feed(following(head, body.chunks)).catch((error: unknown) => {
      backend.end();
      return bodyRefusal(error);
    });
    const answered = await backend.answer(this.#response, this.#resultType, ignore);
    if (!answered) this.#refuse((await fed) ?? NOT_UNDERSTOOD);
  }

  async #push(body: RequestBody): Promise<void> {
    const reception = new PushReception({
      mirror: this.#mirror,
      desk: this.#parts.pushes,
      body,
      response: this.#response,
      type: this.#resultType,
      gone: this.#gone.signal,
      backend: () => this.#backend(false, null),
    });
    const instead = await reception.receive();
    if (instead !== null) this.#refuse(instead);
  }

  get #resultType(): string {
    return `application/x-${this.#service}-result`;
  }

  #backend(advertise: boolean, protocol: string | null): Backend {
    const { programs, idleMs } = this.#parts;
    return new Backend(programs, { service: this.#service, gitDir: this.#mirror.path, advertise, protocol, idleMs });
  }

  #endWithClient(backend: Backend): void {
    const { signal } = this.#gone;
    if (signal.aborted) backend.end();
    else signal.addEventListener("abort", () => backend.end(), { once: true });
  }

  #tell(type: string, answer: Buffer): void {
    begin(this.#response, type).end(answer);
  }

  #refuse(why: HttpRefusal): void {
    refuse(this.#request, this.#response, why);
  }
}

/** Only a version is passed on: the header's other keys reach into git's own switches. */
function protocolVersion({ headers }: IncomingMessage): string | null {
  const asked = headers["git-protocol"];
  const version = typeof asked === "string" && asked.length < 200 ? /(?:^|:)(version=[12])(?::|$)/.exec(asked)?.[1] : undefined;
  return version ?? null;
}

function bodyRefusal(error: unknown): HttpRefusal {
  if (error instanceof BodyRefused) return error.refusal;
  if (error instanceof PktLineError) return refusal(400, `this is not a request of git: ${error.message}`);
  log("info", "body-not-read", { reason: messageOf(error).slice(0, 200) });
  return refusal(400, "the body of the request could not be read");
}

const NOT_UNDERSTOOD = refusal(400, "git did not understand this request");

function ignore(): void {}
