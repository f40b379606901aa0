import type { IncomingMessage } from "node:http";

/** A request's body as text; reading stops as soon as it is longer than `maxBytes`, whatever its length claimed to be. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | "too-large" | "aborted"> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return "too-large";
  const chunks: Buffer[] = [];
  let size = 0;
  const outcome = Promise.withResolvers<string | "too-large" | "aborted">();
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) return void chunks.push(chunk);
    request.pause();
    outcome.resolve("too-large");
  });
  request.on("end", () => outcome.resolve(Buffer.concat(chunks).toString("utf8")));
  request.on("error", () => outcome.resolve("aborted"));
  request.on("close", () => outcome.resolve("aborted"));
  return outcome.promise;
}
