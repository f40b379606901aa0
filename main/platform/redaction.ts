const SECRET_KEY = /(pass(word|wd)?|token|secret|api[-_]?key|authorization|cookie|credential|private[-_]?key)$/i;

/** Shapes of credentials that may turn up inside a text, whoever wrote it. */
const SECRET_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /\b(gh[pousr]_|github_pat_|glpat-|xox[abpr]-|sk-|AKIA)[\w-]{8,}/g,
  /\b(Bearer|Basic|token)\s+[\w.~+/=-]{8,}/gi,
  /([?&][^=&\s]*(?:token|key|secret|password|auth)[^=&\s]*=)[^&\s"']+/gi,
];

const REDACTED = "[redacted]";

/** The text without anything that has the shape of a credential. */
export function redactText(text: string): string {
  return SECRET_SHAPES.reduce(
    (clean, shape) =>
      clean.replace(shape, (match: string, prefix: unknown) =>
        match.startsWith("?") || match.startsWith("&") ? `${String(prefix)}${REDACTED}` : REDACTED,
      ),
    text,
  );
}

/** A copy of what is to be logged: values under credential-like names and credential-shaped texts are gone. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? String(value) : value;
  if (depth > 6) return "[deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if ("toJSON" in value && typeof value.toJSON === "function") return redact(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) && typeof item === "string" ? REDACTED : redact(item, depth + 1),
    ]),
  );
}

function redactError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    message: redactText(error.message),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    ...("code" in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}
