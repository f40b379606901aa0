// @ts-check

/**
 * What a stage came to; a check without tests of its own counts as one.
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {() => Promise<Tally>} run
 *
 * @typedef {Tally & { name: string, ms: number }} StageResult
 */

/**
 * Runs stage after stage: they share two cores and one engine. A failed stage does not hide what the next ones would say.
 * @param {readonly Stage[]} stages
 * @returns {Promise<StageResult[]>}
 */
export async function runStages(stages) {
  /** @type {StageResult[]} */
  const results = [];
  for (const stage of stages) {
    console.log(`\n▶ ${stage.name}`);
    const started = performance.now();
    const tally = await stage.run();
    results.push({ name: stage.name, ms: performance.now() - started, ...tally });
  }
  return results;
}

/** @param {readonly Tally[]} tallies */
export function sum(tallies) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** @param {Tally} tally */
export function tallyLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** @param {readonly StageResult[]} results */
export function table(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  const rows = results.map((result) => {
    const mark = result.failed > 0 ? "✗" : "✓";
    return `${mark} ${result.name.padEnd(width)}  ${(result.ms / 1000).toFixed(1).padStart(7)} s  ${tallyLine(result)}`;
  });
  return rows.join("\n");
}
