// Reading while something else works: what comes next is there when its turn comes, and never more than a few of it.

/**
 * Calls `make` with first, first + 1, ... end - 1, up to `ahead` calls before what is taken. Each call of the function that
 * is returned gives the next result; a failure is thrown where its result would have been given,
 * and the next ones follow it.
 */
export function readAhead<Result>(
  make: (index: number) => Promise<Result>,
  first: number,
  end: number,
  ahead: number,
): () => Promise<Result> {
  const waiting: Promise<Result>[] = [];
  let next = first;
  const fill = () => {
    while (waiting.length < ahead && next < end) {
      const result = make(next++);
      // It is awaited later; a failure until then must not count as unhandled.
      result.catch(() => undefined);
      waiting.push(result);
    }
  };
  fill();
  return async () => {
    const result = waiting.shift();
    if (!result) throw new Error('there is nothing left to read');
    try {
      return await result;
    } finally {
      fill();
    }
  };
}
