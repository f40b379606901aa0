/** Root may read everything; a test of what may not be read must not be root for a moment. */
export function asNobody(): Disposable {
  const before = process.geteuid?.();
  if (before === 0) process.seteuid?.(65534);
  return { [Symbol.dispose]: () => void (before === 0 && process.seteuid?.(0)) };
}
