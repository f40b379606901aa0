/** All sample times count back from when the page was opened. */
export const opened = Date.now();

export function ago(ms: number): string {
  return new Date(opened - ms).toISOString();
}
