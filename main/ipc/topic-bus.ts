import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { TopicBus } from "./handlers.ts";

type Listener = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => void;

/** In-process fan-out; listeners are called in the order they subscribed, at once. */
export function createTopicBus(): TopicBus {
  const listeners = new Set<Listener>();
  return {
    publish(topic, payload) {
      for (const listener of [...listeners]) listener(topic, payload);
    },
    subscribe(listener) {
      // A wrapper of its own, so that subscribing one function twice is two subscriptions.
      const entry: Listener = (topic, payload) => listener(topic, payload);
      listeners.add(entry);
      return { [Symbol.dispose]: () => void listeners.delete(entry) };
    },
  };
}
