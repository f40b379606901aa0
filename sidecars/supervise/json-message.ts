/** No message of the protocol and no tool's arguments are nested nearly as deep. */
const MAX_DEPTH = 32;

/** A value out of an agent's text; undefined, which is no JSON value, when the text is none or is nested too deep to be meant. */
export function parseJsonMessage(text: string): unknown {
  if (nestsTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counted before anything is built from the text: what walks a value afterwards may do so by calling itself. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "{" || character === "[")) depth += 1;
    else if (!quoted && (character === "}" || character === "]")) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
