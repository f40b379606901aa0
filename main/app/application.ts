import type { AppHandlers, TopicBus } from "../ipc/handlers.ts";

/** The product without a window: what shells and the command line drive (D1). Disposing leaves bottles running. */
export interface Application extends AsyncDisposable {
  readonly handlers: AppHandlers;
  readonly bus: TopicBus;
}
