/**
 * Queries and answers of RFC 1035, as little of them as it takes to answer for four names and refuse the rest (BKD-3). One
 * question, no compression: whatever else an agent sends is answered by a format error or not at all.
 */
export interface DnsQuery {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly opcode: number;
  /** Lower case, dots between labels, no trailing dot. */
  readonly name: string;
  readonly type: number;
  readonly internet: boolean;
  /** The question section as it came, to be repeated in the answer. */
  readonly question: Buffer;
}

export const RCODE = { ok: 0, formatError: 1, noSuchName: 3, notImplemented: 4 } as const;
export type Rcode = (typeof RCODE)[keyof typeof RCODE];

export const TYPE_A = 1;
export const TYPE_ANY = 255;

const HEADER_BYTES = 12;
const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;
const CLASS_INTERNET = 1;
const FLAG_RESPONSE = 0x8000;
const FLAG_AUTHORITATIVE = 0x0400;
const FLAG_RECURSION_DESIRED = 0x0100;
const TTL_SECONDS = 60;

/** The query in a packet; null where nothing must be answered: too short, or itself an answer (two responders would never stop). */
export function parseQuery(packet: Buffer): DnsQuery | "malformed" | null {
  if (packet.length < HEADER_BYTES) return null;
  const flags = packet.readUInt16BE(2);
  if ((flags & FLAG_RESPONSE) !== 0) return null;
  if (packet.readUInt16BE(4) !== 1) return "malformed";
  const name = readName(packet);
  if (name === null || name.end + 4 > packet.length) return "malformed";
  return {
    id: packet.readUInt16BE(0),
    recursionDesired: (flags & FLAG_RECURSION_DESIRED) !== 0,
    opcode: (flags >> 11) & 0xf,
    name: name.text,
    type: packet.readUInt16BE(name.end),
    internet: packet.readUInt16BE(name.end + 2) === CLASS_INTERNET,
    question: packet.subarray(HEADER_BYTES, name.end + 4),
  };
}

/** The answer to a query: its address when there is one. */
export function encodeAnswer(query: DnsQuery, rcode: Rcode, address: string | null): Buffer {
  const header = encodeHeader(query.id, (query.opcode << 11) | (query.recursionDesired ? FLAG_RECURSION_DESIRED : 0), rcode);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address === null ? 0 : 1, 6);
  return Buffer.concat([header, query.question, address === null ? Buffer.alloc(0) : addressRecord(address)]);
}

/** The answer to a packet whose question could not be read; only its id is repeated. */
export function encodeFormatError(packet: Buffer): Buffer {
  return encodeHeader(packet.readUInt16BE(0), 0, RCODE.formatError);
}

function encodeHeader(id: number, flags: number, rcode: Rcode): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(FLAG_RESPONSE | FLAG_AUTHORITATIVE | flags | rcode, 2);
  return header;
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  // The owner's name is the question's, which begins right after the header.
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_INTERNET, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split(".").map(Number), 12);
  return record;
}

function readName(packet: Buffer): { text: string; end: number } | null {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = packet[at]; length !== undefined; length = packet[at]) {
    // Also refuses compression pointers: in the only question there is nothing to point back to but itself.
    if (length > MAX_LABEL_BYTES || at - HEADER_BYTES + length + 1 > MAX_NAME_BYTES) return null;
    if (length === 0) return { text: labels.join(".").toLowerCase(), end: at + 1 };
    labels.push(packet.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return null;
}
