import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer in 4xx. Git shows a body of `text/plain` as `remote:` lines. */
export interface HttpRefusal {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export function refusal(status: number, reason: string): HttpRefusal {
  return { status, type: "text/plain; charset=utf-8", body: `bot-bottle: ${reason}\n` };
}

/** In the form that git-lfs shows. */
export function lfsRefusal(): HttpRefusal {
  const message = "bot-bottle: Git LFS is not served by the git-gate: its objects could not be scanned. Commit the files without LFS.";
  return { status: 403, type: "application/vnd.git-lfs+json", body: JSON.stringify({ message }) };
}

/** How much of a body is read and dropped after a refusal, so that its sender gets to read the answer. */
const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MS = 10_000;

/** Answers, and lets the client finish what it was sending, within bounds. */
export function refuse(request: IncomingMessage, response: ServerResponse, { status, type, body }: HttpRefusal): void {
  if (!response.headersSent) {
    response.writeHead(status, {
      "content-type": type,
      "content-length": Buffer.byteLength(body),
      "cache-control": "no-cache",
      connection: "close",
    });
  }
  response.end(body);
  drain(request);
}

export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let dropped = 0;
  const late = setTimeout(() => request.socket.destroy(), DRAIN_MS);
  request.on("data", (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DRAIN_BYTES) request.socket.destroy();
  });
  for (const over of ["end", "close"]) request.on(over, () => clearTimeout(late));
  request.resume();
}
