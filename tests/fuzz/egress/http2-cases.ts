import { encodeFrame, FLAG, FRAME, fieldSection, PREFACE } from "../../unit/sidecars/egress/http2-client.ts";
import { changed, MORSELS } from "./http1-cases.ts";
import type { Dialect } from "./lane.ts";
import type { Random } from "./random.ts";

type Fields = [string, string][];

const SEEDS: readonly { readonly fields: Fields; readonly body: string | null; readonly trailers?: Fields }[] = [
  { fields: request("GET", "/api"), body: null },
  {
    fields: [...request("GET", "/api/items?key=agent-key"), ["authorization", "Bearer agent-own"], ["x-api-key", "agent-own"]],
    body: null,
  },
  { fields: [...request("POST", "/api"), ["content-length", "11"]], body: "hello world" },
  { fields: request("POST", "/api/stream"), body: "hello world", trailers: [["x-sum", "1"]] },
  { fields: [...request("GET", "/api"), ["cookie", "session=agent-own"], ["cookie", "theme=dark"], ["host", "HOST"]], body: null },
  { fields: request("GET", "/admin"), body: null },
];

function request(method: string, path: string): Fields {
  return [
    [":method", method],
    [":scheme", "https"],
    [":authority", "HOST"],
    [":path", path],
  ];
}

const NAMES = [
  ":method",
  ":path",
  ":scheme",
  ":authority",
  ":protocol",
  ":status",
  "host",
  "Host",
  "connection",
  "transfer-encoding",
  "upgrade",
  "te",
  "content-length",
  "authorization",
  "x-http-method-override",
  "x-original-url",
  "cookie",
  "__proto__",
  "x_api_key",
  "expect",
  "",
  "a b",
  "a:b",
]; // prettier-ignore

/** Well before a connection's numbers are used up, and often enough that connections begin, too. */
const STREAMS = 200;

/** Streams as they are, and with some of their fields or bytes changed. */
export function speakHttp2(host: string): Dialect {
  let stream = -1;
  const next = () => {
    stream += 2;
    return stream;
  };
  return {
    protocol: "h2",
    opening: Buffer.concat([PREFACE, encodeFrame(FRAME.settings, FLAG.none, 0, Buffer.alloc(0))]),
    get usedUp() {
      return stream > STREAMS;
    },
    nextCase: (random) => [mutatedStream(random, host, next())],
    probe(path) {
      const fields: Fields = request("GET", path).map(([name, value]) => [name, value.replaceAll("HOST", host)]);
      return encodeFrame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, next(), fieldSection(fields));
    },
  };
}

function mutatedStream(random: Random, host: string, stream: number): Buffer {
  const seed = random.of(SEEDS);
  const fields: Fields = seed.fields.map(([name, value]) => [name, value.replaceAll("HOST", host)]);
  for (let changes = random.below(4); changes > 0; changes -= 1) changeFields(fields, random, host);
  const endsWithHead = seed.body === null ? FLAG.endStream : FLAG.none;
  const frames = [encodeFrame(FRAME.headers, FLAG.endHeaders | endsWithHead, stream, fieldSection(fields))];
  if (seed.body !== null) frames.push(...bodyFrames(random, stream, seed.body, seed.trailers ?? null, host));
  const bytes = Buffer.concat(frames);
  if (random.chance(10)) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function bodyFrames(random: Random, stream: number, text: string, trailers: Fields | null, host: string): Buffer[] {
  const body = Buffer.from(random.chance(20) ? changed(text, random) : text, "latin1");
  if (trailers === null) return [encodeFrame(FRAME.data, FLAG.endStream, stream, body)];
  const fields: Fields = trailers.map(([name, value]) => [name, value]);
  if (random.chance(50)) changeFields(fields, random, host);
  const end = encodeFrame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, fieldSection(fields));
  return [encodeFrame(FRAME.data, FLAG.none, stream, body), end];
}

function changeFields(fields: Fields, random: Random, host: string): void {
  const at = random.below(fields.length + 1);
  const field = fields[at];
  const morsel = random.of(MORSELS).replaceAll("HOST", host);
  switch (random.below(5)) {
    case 0:
      fields.splice(at, 1);
      return;
    case 1:
      fields.splice(at, 0, [random.of(NAMES), morsel.trim()]);
      return;
    case 2:
      if (field !== undefined) fields.splice(random.below(fields.length), 0, [...field]);
      return;
    case 3:
      if (field !== undefined) field[1] = morsel;
      return;
    default:
      if (field !== undefined) field[random.chance(20) ? 0 : 1] = changed(field[1], random);
  }
}
