/**
 * Length of the longest end of `log` that is also the beginning of `live`: what an attached stream repeats of the kept
 * log when output came while the log was being read.
 */
export function overlapLength(log: Uint8Array, live: Uint8Array): number {
  const window = log.subarray(Math.max(0, log.length - live.length));
  const failure = prefixFunction(live);
  let matched = 0;
  for (const byte of window) {
    while (matched > 0 && (matched === live.length || live[matched] !== byte)) matched = failure[matched - 1] ?? 0;
    if (live[matched] === byte) matched += 1;
  }
  return matched;
}

function prefixFunction(pattern: Uint8Array): Uint32Array {
  const failure = new Uint32Array(pattern.length);
  let matched = 0;
  for (let index = 1; index < pattern.length; index += 1) {
    while (matched > 0 && pattern[index] !== pattern[matched]) matched = failure[matched - 1] ?? 0;
    if (pattern[index] === pattern[matched]) matched += 1;
    failure[index] = matched;
  }
  return failure;
}
