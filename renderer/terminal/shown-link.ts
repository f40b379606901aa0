import { visibleString } from "../ui/visible-text.ts";

export interface ShownLink {
  /** What would be opened, exactly. */
  href: string;
  host: string;
  /** The same with everything invisible made visible. */
  text: string;
  /** Says why the address may not be what it seems; null when it is plain. */
  caution: string | null;
}

function cautionFor(url: URL): string | null {
  if (url.username || url.password)
    return "The address carries a user name before the host, which is a way to make another host look like this one.";
  if (/(^|\.)xn--/.test(url.hostname)) return "The host name holds characters of another script that may look like Latin letters.";
  return url.protocol === "http:" ? "The page is not encrypted." : null;
}

/** A link found in terminal output, as it really is; null when it is no web address. */
export function shownLink(text: string): ShownLink | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  return { href: url.href, host: url.host, text: visibleString(url.href), caution: cautionFor(url) };
}
