// HTTP/2 knows no such trailers, and its library throws at them: on the way from the one to the other they could end egress itself.
const OF_A_HOP = new Set([
  "content-length",
  "transfer-encoding",
  "host",
  "connection",
  "proxy-connection",
  "keep-alive",
  "upgrade",
  "http2-settings",
  "te",
]);

/** Whether a field is about one connection or the framing of a message, and has no place behind a body (RFC 9110, section 6.5.1). */
export function endsAtHop(name: string): boolean {
  return OF_A_HOP.has(name);
}

/** Whether a trailer of an answer would change what its head said. */
export function answerTrailerForbidden(name: string): boolean {
  return name === "set-cookie" || endsAtHop(name);
}
