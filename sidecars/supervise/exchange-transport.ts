import type { Transport, TransportSendOptions } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, JSONRPCNotification, JSONRPCRequest, RequestId } from "@modelcontextprotocol/sdk/types.js";

/** Where the answer to one request goes: the HTTP exchange it came with. */
export interface Exchange {
  notify(message: JSONRPCMessage): void;
  /** The last message of the exchange. */
  answer(message: JSONRPCMessage): void;
}

/**
 * Carries the requests of any number of HTTP exchanges to one SDK server: streamable HTTP without sessions, as the protocol
 * allows a server that never speaks first. Clients number their requests alike, so each gets a number of its own in here.
 * The SDK's HTTP transports need a server per request and bring fetch's Request and Response: megabytes in every bundle.
 */
export class ExchangeTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  readonly #open = new Map<RequestId, { readonly exchange: Exchange; readonly id: RequestId }>();
  #last = 0;

  async start(): Promise<void> {}

  async close(): Promise<void> {
    this.#open.clear();
    this.onclose?.();
  }

  /** Hands a request to the server; the returned function tells it that nobody waits for the answer any more. */
  request(request: JSONRPCRequest, exchange: Exchange): () => void {
    const number = ++this.#last;
    this.#open.set(number, { exchange, id: request.id });
    this.onmessage?.({ ...request, id: number });
    return () => {
      if (!this.#open.delete(number)) return;
      this.onmessage?.({
        jsonrpc: "2.0",
        method: "notifications/cancelled",
        params: { requestId: number, reason: "the connection closed" },
      });
    };
  }

  /** Cancellations name a client's own number, which says nothing here: a client cancels by closing its connection. */
  notification(notification: JSONRPCNotification): void {
    if (notification.method !== "notifications/cancelled") this.onmessage?.(notification);
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const isAnswer = "result" in message || "error" in message;
    const number = isAnswer ? message.id : options?.relatedRequestId;
    const open = number === undefined ? undefined : this.#open.get(number);
    if (number === undefined || open === undefined) return;
    if (!isAnswer) return open.exchange.notify(message);
    this.#open.delete(number);
    open.exchange.answer({ ...message, id: open.id });
  }
}
