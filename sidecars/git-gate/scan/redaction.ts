export const REDACTED = "[redacted]";

/** Shorter ones would blank out ordinary words everywhere. */
const MIN_SECRET = 6;

/** Replaces every one of the secrets, the longest first, so that no part of one is left beside its mark. */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const lines = [...secrets].flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  const ordered = [...new Set(lines.map((line) => line.trim()).filter((line) => line.length >= MIN_SECRET))];
  ordered.sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
}
