// What is long to draw waits for a task of its own, so that together with others it does not hold up the page.
let last: Promise<void> = Promise.resolve();

/** Resolves in a task that nobody else who asked for one shares. */
export function ownTask(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve)));
  return last;
}
