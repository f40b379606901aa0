import { OperatorError } from "#common/domain/operator-error.ts";

const UNLOCK = "Unlock it in the panel's Secrets view, or start with `bot-bottle start` on a terminal, which asks for its passphrase";

export function storeLocked(why: string): OperatorError {
  return new OperatorError("secret-missing", { message: `The secret store is locked. ${why}`, hint: UNLOCK });
}

export function wrongPassphrase(): OperatorError {
  return new OperatorError("not-permitted", { message: "That is not the passphrase of the secret store", hint: "Try again" });
}

export function noStore(): never {
  throw new OperatorError("not-found", {
    message: "There is no secret store yet",
    hint: "Make one in the panel's Secrets view, or with `bot-bottle secrets create`",
  });
}
