/**
 * Works on several at a time and gives the results in the order of the source: reading small files waits for the disk, not
 * for the processor. When the reader leaves early, what is under way is waited for.
 */
export async function* inOrder<T, R>(source: AsyncIterable<T>, width: number, work: (each: T) => Promise<R>): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const each of source) {
      const result = work(each);
      // Reported when its turn comes.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= width) yield await (underWay.shift() as Promise<R>);
    }
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next;
  } finally {
    await Promise.allSettled(underWay);
  }
}
