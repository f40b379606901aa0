import type { RequestSubject } from "../decision-log.ts";
import { holdsBareLineFeed } from "../http1/line-feeds.ts";

const READABLE_LINE = /^([A-Z]{1,32}) ([\x21-\x7e]{1,4096})/;

/** Method and target of a head that does not parse, as far as they can be told. */
export function subjectOf(host: string, bytes: Buffer, at: number): RequestSubject {
  const line = READABLE_LINE.exec(bytes.toString("latin1", at, Math.min(bytes.length, at + 4200)));
  return { host, port: 443, method: line?.[1] ?? "?", target: line?.[2] ?? "" };
}

/** Whether more bytes can still make a head of this: refused at once is kinder than a wait for an end that cannot come. */
export function beginsHead(bytes: Buffer, at: number): boolean {
  const first = bytes[at];
  return first !== undefined && first >= 0x41 && first <= 0x5a && !holdsBareLineFeed(bytes, at);
}
