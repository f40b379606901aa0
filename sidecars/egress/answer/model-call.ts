/**
 * Messages (and its batches), Responses and chat completions, behind whatever prefix a gateway has. Letters of either case and a last
 * slash, because some servers do not care.
 */
const MODEL_PATH = /\/(?:v1\/messages(?:\/batches)?|responses|chat\/completions)\/?$/i;

/** Whether a request asks a model to work, on any host. */
export function isModelCall(method: string, path: string): boolean {
  return method === "POST" && isModelPath(path);
}

export function isModelPath(path: string): boolean {
  return MODEL_PATH.test(path);
}
