import { once } from "node:events";
import { createConnection } from "node:net";

/** Sends exactly these bytes and answers all that comes back until the server closes. */
export async function rawExchange(port: number, bytes: Buffer): Promise<string> {
  const socket = createConnection(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const closed = once(socket, "close");
  socket.write(bytes);
  await closed;
  return answer;
}

/** Status of each answer in what came back. */
export function statuses(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}
