import type { FakeHandlers } from "./handler.ts";
import { Refusal } from "./handler.ts";

type SecretsMethod = "secrets.list" | "secrets.create" | "secrets.unlock" | "secrets.lock" | "secrets.set" | "secrets.remove";

function unsupported(): never {
  throw new Refusal("unsupported", "The fake does not do that yet", "");
}

export const fakeSecrets: FakeHandlers<SecretsMethod> = {
  "secrets.list": unsupported,
  "secrets.create": unsupported,
  "secrets.unlock": unsupported,
  "secrets.lock": unsupported,
  "secrets.set": unsupported,
  "secrets.remove": unsupported,
};
