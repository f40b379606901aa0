import { z } from "zod";

/** HTTP Archive 1.2 as its specification has it; own fields begin with an underscore. */
const own = <S extends z.ZodRawShape>(shape: S) =>
  z.looseObject(shape).refine((value) => Object.keys(value).every((key) => key in shape || key.startsWith("_")), "unknown field");

const Pair = own({ name: z.string(), value: z.string(), comment: z.string().optional() });
const Moment = z.iso.datetime({ offset: true });
/** RFC 3986: printable ASCII, percent signs that begin an escape, none of what must be escaped. */
const AbsoluteUrl = z.url().regex(/^https?:\/\/(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/);

const Entry = own({
  startedDateTime: Moment,
  time: z.number().min(0),
  request: own({
    method: z.string(),
    url: AbsoluteUrl,
    httpVersion: z.string(),
    cookies: z.array(Pair),
    headers: z.array(Pair),
    queryString: z.array(Pair),
    headersSize: z.int(),
    bodySize: z.int(),
  }),
  response: own({
    status: z.int(),
    statusText: z.string(),
    httpVersion: z.string(),
    cookies: z.array(Pair),
    headers: z.array(Pair),
    content: own({ size: z.int(), mimeType: z.string() }),
    redirectURL: z.string(),
    headersSize: z.int(),
    bodySize: z.int(),
  }),
  cache: own({}),
  timings: own({ send: z.number().min(-1), wait: z.number().min(-1), receive: z.number().min(-1) }),
  comment: z.string().optional(),
});

export const HarFile = own({
  log: own({
    version: z.literal("1.2"),
    creator: own({ name: z.string(), version: z.string() }),
    entries: z.array(Entry),
    comment: z.string().optional(),
  }),
});
