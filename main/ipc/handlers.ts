import type { z } from "zod";
import type { MethodName, MethodOutput, methods, TopicName, TopicPayload } from "#common/ipc/contract.ts";

/** A use-case behind one method; its input is parsed already. Throws OperatorError for what the operator can act on. */
export type Handler<M extends MethodName> = (input: z.output<(typeof methods)[M]["input"]>) => Promise<MethodOutput<M>>;

/** Methods about the window and its desktop. */
export type ShellMethod = "app.info" | "workspace.choose" | "link.open" | "notifications.get" | "notifications.set";

export type TerminalMethod = Extract<MethodName, `terminal.${string}`>;

export type AppHandlers = { readonly [M in Exclude<MethodName, ShellMethod>]: Handler<M> };
export type ShellHandlers = { readonly [M in ShellMethod]: Handler<M> };
export type TerminalHandlers = { readonly [M in TerminalMethod]: Handler<M> };

/** Where use-cases publish and windows listen. */
export interface TopicBus {
  publish<T extends TopicName>(topic: T, payload: TopicPayload<T>): void;
  subscribe(listener: <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void): Disposable;
}
