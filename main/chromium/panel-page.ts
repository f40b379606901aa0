import { z } from "zod";
import type { TopicName } from "#common/ipc/contract.ts";
import type { Assets } from "../ipc/assets.ts";
import { APP_ORIGIN } from "../ipc/assets.ts";
import type { WindowConnection, WindowGateway } from "../ipc/window-gateway.ts";
import type { Logger } from "../platform/logger.ts";
import { BRIDGE_SCRIPT, RECEIVE_GLOBAL, SEND_BINDING } from "./bridge-script.ts";
import type { DevtoolsEvent, DevtoolsPipe } from "./devtools-pipe.ts";
import { Outbox } from "./outbox.ts";

export interface PanelPageParts {
  readonly pipe: DevtoolsPipe;
  readonly assets: Assets;
  readonly gateway: WindowGateway;
  readonly logger: Logger;
}

const Attached = z.object({ sessionId: z.string() });
const PausedRequest = z.object({
  requestId: z.string(),
  resourceType: z.string(),
  request: z.object({ url: z.string(), method: z.string() }),
});
const ContextCreated = z.object({
  context: z.object({ id: z.int(), origin: z.string(), auxData: z.object({ isDefault: z.boolean(), frameId: z.string() }) }),
});
const ContextDestroyed = z.object({ executionContextId: z.int() });
const BindingCalled = z.object({ name: z.string(), payload: z.string(), executionContextId: z.int() });
const Call = z.strictObject({ id: z.int(), method: z.string(), input: z.unknown().optional() });
const Navigated = z.object({ frame: z.object({ id: z.string(), parentId: z.string().optional(), url: z.string() }) });
const NewTarget = z.object({ sessionId: z.string(), targetInfo: z.object({ targetId: z.string(), type: z.string() }) });

/** The page that may talk to us: its main frame's own world, on our origin, for as long as that document lives. */
interface Trusted {
  readonly contextId: number;
  readonly connection: WindowConnection;
  readonly outbox: Outbox;
}

const START_URL = `${APP_ORIGIN}/`;
const CALL_RECEIVE = `function (messages) { globalThis.${RECEIVE_GLOBAL}(messages); }`;

/** The one page of the panel: served from the build, joined to the use-cases, kept where it belongs (SEC-1). */
export class PanelPage {
  readonly targetId: string;
  readonly #parts: PanelPageParts;
  readonly #sessionId: string;
  #trusted: Trusted | null = null;
  #onLoaded: () => void = () => undefined;
  /** Settles when the panel has been loaded for the first time. */
  readonly loaded = new Promise<void>((resolve) => {
    this.#onLoaded = resolve;
  });

  constructor(parts: PanelPageParts, targetId: string, sessionId: string) {
    this.#parts = parts;
    this.targetId = targetId;
    this.#sessionId = sessionId;
  }

  static async open(parts: PanelPageParts, targetId: string): Promise<PanelPage> {
    const { sessionId } = Attached.parse(await parts.pipe.send("Target.attachToTarget", { targetId, flatten: true }));
    const page = new PanelPage(parts, targetId, sessionId);
    parts.pipe.onEvent((event) => {
      if (event.sessionId === sessionId) page.#handle(event);
    });
    await page.#prepare();
    return page;
  }

  focus(): Promise<unknown> {
    return this.#send("Page.bringToFront");
  }

  /** The page is going, or gone. */
  disconnect(): void {
    this.#trusted?.connection.close();
    this.#trusted = null;
  }

  async #prepare(): Promise<void> {
    // All answered before the page may load: browser and renderer answer apart, and a navigation overtakes the renderer's.
    await Promise.all([
      this.#send("Page.enable"),
      this.#send("Inspector.enable"),
      this.#send("Fetch.enable", { patterns: [{ urlPattern: "*" }] }),
      this.#send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
      this.#send("Runtime.addBinding", { name: SEND_BINDING }),
      this.#send("Page.addScriptToEvaluateOnNewDocument", { source: BRIDGE_SCRIPT }),
      this.#send("Runtime.enable"),
    ]);
    await this.#send("Page.navigate", { url: START_URL });
  }

  #send(method: string, params: object = {}): Promise<unknown> {
    return this.#parts.pipe.send(method, params, this.#sessionId);
  }

  /** For what cannot be waited for; a browser that is gone is told elsewhere. */
  #post(method: string, params: object = {}, sessionId = this.#sessionId): void {
    this.#parts.pipe.send(method, params, sessionId).catch((error: unknown) => {
      this.#parts.logger.log("warn", "chromium.command-failed", { method, error: String(error) });
    });
  }

  #handle(event: DevtoolsEvent): void {
    switch (event.method) {
      case "Fetch.requestPaused":
        return void this.#answer(PausedRequest.parse(event.params));
      case "Runtime.bindingCalled":
        return void this.#receive(BindingCalled.parse(event.params));
      case "Runtime.executionContextCreated":
        return this.#considerContext(ContextCreated.safeParse(event.params).data?.context);
      case "Runtime.executionContextDestroyed":
        return this.#forgetContext(ContextDestroyed.parse(event.params).executionContextId);
      case "Runtime.executionContextsCleared":
        return this.disconnect();
      case "Target.attachedToTarget":
        return this.#refuseTarget(NewTarget.parse(event.params));
      case "Page.frameNavigated":
        return this.#keepHome(Navigated.parse(event.params).frame);
      case "Page.loadEventFired":
        // The browser's own first page loads too.
        return this.#trusted === null ? undefined : this.#onLoaded();
      case "Inspector.targetCrashed":
        return this.#recover();
    }
  }

  async #answer({ requestId, resourceType, request }: z.infer<typeof PausedRequest>): Promise<void> {
    const asset = request.method === "GET" ? await this.#parts.assets(request.url).catch(() => null) : null;
    // An aborted navigation leaves the page where it is; another reason would replace it by an error page.
    if (asset === null)
      return this.#post("Fetch.failRequest", { requestId, errorReason: resourceType === "Document" ? "Aborted" : "BlockedByClient" });
    this.#post("Fetch.fulfillRequest", {
      requestId,
      responseCode: asset.status,
      responseHeaders: Object.entries(asset.headers).map(([name, value]) => ({ name, value })),
      body: asset.body.toString("base64"),
    });
  }

  #considerContext(context: z.infer<typeof ContextCreated>["context"] | undefined): void {
    // The main frame's id is its target's.
    if (context === undefined || context.origin !== APP_ORIGIN || !context.auxData.isDefault || context.auxData.frameId !== this.targetId)
      return;
    this.disconnect();
    const outbox = new Outbox((messages) => this.#deliver(context.id, messages));
    const connection = this.#parts.gateway.connect((topic: TopicName, payload: unknown) => outbox.add({ topic, payload }));
    this.#trusted = { contextId: context.id, connection, outbox };
  }

  #forgetContext(contextId: number): void {
    if (this.#trusted?.contextId === contextId) this.disconnect();
  }

  async #receive({ name, payload, executionContextId }: z.infer<typeof BindingCalled>): Promise<void> {
    const sender = this.#trusted;
    if (name !== SEND_BINDING || sender === null || sender.contextId !== executionContextId) {
      return this.#parts.logger.log("warn", "chromium.untrusted-sender", { executionContextId });
    }
    const call = Call.safeParse(parseJson(payload));
    if (!call.success) return this.#parts.logger.log("warn", "chromium.bad-message");
    const reply = await sender.connection.call(call.data.method, call.data.input);
    sender.outbox.add({ id: call.data.id, reply });
  }

  async #deliver(executionContextId: number, messages: readonly unknown[]): Promise<void> {
    await this.#send("Runtime.callFunctionOn", { executionContextId, functionDeclaration: CALL_RECEIVE, arguments: [{ value: messages }] });
  }

  /** Workers may run; a window the page opened may not. Until it is resumed it would hold its opener up. */
  #refuseTarget({ sessionId, targetInfo }: z.infer<typeof NewTarget>): void {
    this.#post("Runtime.runIfWaitingForDebugger", {}, sessionId);
    if (targetInfo.type === "page") this.#parts.pipe.send("Target.closeTarget", { targetId: targetInfo.targetId }).catch(() => undefined);
  }

  /** What needs no request, such as about:blank, is not refused above: the page is brought back. */
  #keepHome(frame: z.infer<typeof Navigated>["frame"]): void {
    if (frame.parentId !== undefined || frame.url.startsWith(START_URL) || frame.url.startsWith("chrome-error:")) return;
    if (frame.url.startsWith("data:text/html,") && this.#trusted === null) return;
    this.#post("Page.navigate", { url: START_URL });
  }

  #recover(): void {
    this.#parts.logger.log("error", "chromium.renderer-crashed");
    this.disconnect();
    this.#post("Page.navigate", { url: START_URL });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
