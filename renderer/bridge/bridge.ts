import { z } from "zod";
import type { Bridge } from "#common/ipc/bridge.ts";
import { BRIDGE_GLOBAL } from "#common/ipc/bridge.ts";
import type { MethodInput, MethodName, MethodOutput, TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { IpcReply, methods, topics } from "#common/ipc/contract.ts";

// Without this zod compiles its parsers with `new Function`, which our content security policy refuses.
z.config({ jitless: true });

/** A call that did not work, in words for the operator. */
export class CallFailure extends Error {
  override readonly name = "CallFailure";
  readonly code: string;
  readonly hint: string | null;

  constructor(parts: { code: string; message: string; hint: string | null }) {
    super(parts.message);
    this.code = parts.code;
    this.hint = parts.hint;
  }
}

function bridge(): Bridge {
  const found = (window as unknown as Record<string, Bridge | undefined>)[BRIDGE_GLOBAL];
  if (!found)
    throw new CallFailure({ code: "internal", message: "This page runs outside bot-bottle.", hint: "Start the panel with npm start." });
  return found;
}

function disagreement(what: string, cause: z.ZodError): CallFailure {
  const first = cause.issues[0];
  const where = first ? `: ${first.path.join(".")} ${first.message}` : "";
  return new CallFailure({
    code: "protocol",
    message: `The window did not understand the answer to ${what}${where}`,
    hint: "Close the window and start the panel again; bottles keep running.",
  });
}

/** Calls main and parses what comes back; every failure is a CallFailure. */
export async function call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
  const reply = IpcReply.safeParse(await bridge().call(method, input));
  if (!reply.success) throw disagreement(method, reply.error);
  if (!reply.data.ok) throw new CallFailure(reply.data.failure);
  const output = methods[method].output.safeParse(reply.data.value);
  if (!output.success) throw disagreement(method, output.error);
  return output.data as MethodOutput<M>;
}

/** Listens to a topic until the returned function is called. Payloads that do not parse are dropped. */
export function listen<T extends TopicName>(topic: T, listener: (payload: TopicPayload<T>) => void): () => void {
  return bridge().subscribe(topic, (payload) => {
    const parsed = topics[topic].safeParse(payload);
    if (parsed.success) listener(parsed.data as TopicPayload<T>);
  });
}

/** Any thrown value in the shape a view shows. */
export function asFailure(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  return new CallFailure({
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    hint: "This is a bug; the panel's log has the details.",
  });
}
