import type { AppHandlers, TopicBus } from "../ipc/handlers.ts";
import { Secret } from "../platform/secret.ts";
import type { OperatorSecrets } from "./operator-secrets.ts";
import type { Delivery } from "./secret-delivery.ts";
import type { SecretDesk } from "./secret-desk.ts";

export type SecretMethod = Extract<keyof AppHandlers, `secrets.${string}`>;
export type SecretHandlers = Pick<AppHandlers, SecretMethod>;

/** The methods of the Secrets view. A value comes in and is wrapped at once; what goes out has none. */
export function createSecretHandlers(desk: SecretDesk, { store }: OperatorSecrets, bus: TopicBus): SecretHandlers {
  /** Every window sees what one of them changed. */
  const told = async () => {
    const view = await desk.view();
    bus.publish("secrets", view);
    return view;
  };
  return {
    "secrets.list": () => desk.view(),
    "secrets.create": async ({ protection, passphrase }) => {
      await desk.create(protection, wrapped(passphrase));
      return told();
    },
    "secrets.unlock": async ({ passphrase }) => {
      tellDelivery(bus, "what the store holds", await desk.unlock(wrapped(passphrase)));
      return told();
    },
    "secrets.lock": async () => {
      store.lock();
      return told();
    },
    "secrets.set": async ({ name, value }) => {
      tellDelivery(bus, `the change of ${name}`, await desk.set(name, new Secret(value)));
      return told();
    },
    "secrets.remove": async ({ name }) => {
      tellDelivery(bus, `the change of ${name}`, await desk.remove(name));
      return told();
    },
    "secrets.set-passphrase": async ({ passphrase }) => {
      await store.changePassphrase(new Secret(passphrase));
      return told();
    },
  };
}

function wrapped(passphrase: string | null): Secret | null {
  return passphrase === null ? null : new Secret(passphrase);
}

function tellDelivery(bus: TopicBus, what: string, { failed }: Delivery): void {
  for (const { slug, reason } of failed) {
    bus.publish("notice", { tone: "warn", text: `${slug} was not told of ${what}: ${reason}` });
  }
}
