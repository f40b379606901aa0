import { BRIDGE_GLOBAL } from "#common/ipc/bridge.ts";
import { APP_ORIGIN } from "../ipc/assets.ts";

/** The function the browser gives the page for messages to us; the script below takes it away from the page's own code. */
export const SEND_BINDING = "__botBottleSend";
/** What we call with messages for the page. */
export const RECEIVE_GLOBAL = "__botBottleReceive";

/**
 * Runs before any script of a page and offers `Bridge` of common/ipc/bridge.ts: what preload/preload.ts is to Electron. A
 * page of another origin, or a frame, gets nothing.
 */
export const BRIDGE_SCRIPT = `(() => {
  const send = globalThis.${SEND_BINDING};
  delete globalThis.${SEND_BINDING};
  if (typeof send !== "function" || window.top !== window || location.origin !== ${JSON.stringify(APP_ORIGIN)}) return;
  const pending = new Map();
  const listeners = new Map();
  let lastId = 0;
  const call = (method, input) => new Promise((resolve) => {
    const id = ++lastId;
    pending.set(id, resolve);
    send(JSON.stringify({ id, method: String(method), input }));
  });
  const subscribe = (topic, listener) => {
    const entry = (payload) => listener(payload);
    const own = listeners.get(topic) ?? new Set();
    listeners.set(topic, own.add(entry));
    return () => void own.delete(entry);
  };
  const receive = (messages) => {
    for (const { id, reply, topic, payload } of messages) {
      if (id === undefined) for (const listener of [...(listeners.get(topic) ?? [])]) listener(payload);
      else {
        pending.get(id)?.(reply);
        pending.delete(id);
      }
    }
  };
  Object.defineProperty(globalThis, ${JSON.stringify(RECEIVE_GLOBAL)}, { value: receive });
  Object.defineProperty(globalThis, ${JSON.stringify(BRIDGE_GLOBAL)}, { value: Object.freeze({ call, subscribe }) });
})();`;
