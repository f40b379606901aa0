import { OperatorError } from "#common/domain/operator-error.ts";

const UNLOCK =
  "Unlock it in the panel's Secrets view; the command line asks for its passphrase on a terminal, or reads it from the file that BOT_BOTTLE_PASSPHRASE_FILE names";

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
