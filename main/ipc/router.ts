import { z } from "zod";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { IpcFailure, IpcReply, MethodName } from "#common/ipc/contract.ts";
import { methods } from "#common/ipc/contract.ts";
import type { Logger } from "../platform/logger.ts";
import type { AppHandlers, ShellHandlers } from "./handlers.ts";

/** Answers one call of a window; never throws. */
export type Dispatch = (method: string, input: unknown) => Promise<IpcReply>;

/** Parse, run the use-case, parse again: nothing of a shape the contract does not name passes in either direction (SEC-1). */
export function createRouter(handlers: AppHandlers & ShellHandlers, logger: Logger): Dispatch {
  return async (method, input) => {
    if (!isMethod(method))
      return failed({ code: "unknown-method", message: "The window asked for something this version does not offer.", hint: null });
    const parsed = methods[method].input.safeParse(input);
    if (!parsed.success) return failed({ code: "bad-input", message: `${method}: ${z.prettifyError(parsed.error)}`, hint: null });
    try {
      return { ok: true, value: methods[method].output.parse(await runHandler(handlers, method, parsed.data)) };
    } catch (error) {
      return failed(describeFailure(method, error, logger));
    }
  };
}

function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

function runHandler(handlers: AppHandlers & ShellHandlers, method: MethodName, input: unknown): Promise<unknown> {
  // The table pairs each method with its own handler; a union of handlers cannot say so to the compiler.
  const handler = handlers[method] as (input: unknown) => Promise<unknown>;
  return handler(input);
}

function describeFailure(method: string, error: unknown, logger: Logger): IpcFailure {
  if (error instanceof OperatorError) return { code: error.code, message: error.message, hint: error.hint };
  logger.log("error", "ipc.failed", { method, error: error instanceof Error ? (error.stack ?? error.message) : typeof error });
  return { code: "internal", message: "Something went wrong inside the panel.", hint: "The panel's log has the details." };
}

function failed(failure: IpcFailure): IpcReply {
  return { ok: false, failure };
}
