// Reading while the device works: the next batches are there when their step begins, and never more than a few of them.

/**
 * How many results wait. One would not do on the processor: a step keeps the thread, so what is asked for at its begin is
 * asked for at its end. With two, the second is read by the browser while a step runs.
 */
const ahead = 2;

/**
 * Calls `make` with first, first + 1, ... end - 1, two calls ahead of what is taken. Each call of the function that is
 * returned gives the next result; a failure is thrown where its result would have been given.
 */
export function readAhead<Result>(
  make: (index: number) => Promise<Result>,
  first: number,
  end: number,
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
    const value = await result;
    fill();
    return value;
  };
}
