import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A longer line is no engine's; what sends one is cut off before it fills memory. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Lines of a stream. Ends or fails with it, also when it is cut, which node:readline does not notice. */
export async function* linesOf(source: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) throw new Error("the engine sent a line without an end");
    yield* lines.filter((line) => line !== "");
  }
  if (rest !== "") yield rest;
}
