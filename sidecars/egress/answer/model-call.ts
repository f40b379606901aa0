/**
 * Messages (and its batches), Responses, completions of chats and of text, embeddings and conversations in real time, behind whatever
 * prefix a gateway has. Letters of either case and a last slash, because some servers do not care.
 */
const MODEL_PATH = /\/(?:v1\/messages(?:\/batches)?|v1\/complete|responses(?:\/compact)?|(?:chat\/)?completions|embeddings|realtime)\/?$/i;
const ESCAPE = /%([0-9a-f]{2})/gi;
const PARAMETERS = /;[^/]*/g;

/** Whether a request asks a model to work, on any host. */
export function isModelCall(method: string, path: string): boolean {
  return method === "POST" && isModelPath(path);
}

export function isModelPath(path: string): boolean {
  return MODEL_PATH.test(path.includes("%") || path.includes(";") ? asServersRead(path) : path);
}

/** Without escapes and path parameters, by which a call could look like another one here and be the same there. */
function asServersRead(path: string): string {
  return path.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).replace(PARAMETERS, "");
}
