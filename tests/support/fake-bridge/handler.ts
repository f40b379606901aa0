import type { MethodName, MethodOutput, methods } from "#common/ipc/contract.ts";

/** The fake main's answer to one method. */
export type FakeHandler<M extends MethodName> = (
  input: ReturnType<(typeof methods)[M]["input"]["parse"]>,
) => MethodOutput<M> | Promise<MethodOutput<M>>;

export type FakeHandlers<M extends MethodName> = { [K in M]: FakeHandler<K> };

/** An operator error of the fake. */
export class Refusal extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
