// Who works on what: Web Locks, which the browser lets go of when a tab or worker dies. Pages served over plain HTTP from another machine
// have none; there a lock is held by nobody, and a second tab takes running work for lost.

const manager = (): LockManager | undefined => navigator.locks;

/** Runs `work` while holding the lock; waits for whoever holds it now. */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const locks = manager();
  return locks ? await locks.request(name, work) : work();
}

/** As withLock, but where somebody else holds the lock nothing is done and the answer is undefined. */
export async function withFreeLock<Result>(
  name: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const locks = manager();
  if (!locks) return work();
  return await locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/**
 * As withFreeLock, for work that somebody else may take over: with `steal` the lock is taken from whoever holds it. `onLost` is called where
 * this happened to us; the work should end then, and what it gives still counts.
 */
export async function withOwnLock<Result>(
  name: string,
  steal: boolean,
  work: () => Promise<Result>,
  onLost: () => void,
): Promise<Result | undefined> {
  const locks = manager();
  if (!locks) return work();
  let working: Promise<Result> | undefined;
  let ended = false;
  try {
    return await locks.request(name, steal ? { steal } : { ifAvailable: true }, (lock) => {
      if (!lock) return undefined;
      working = work().finally(() => (ended = true));
      return working;
    });
  } catch (error) {
    if (!working || ended) throw error;
    onLost();
    return working;
  }
}

/** The names of the locks that any tab or worker of this page holds. */
export async function heldLocks(): Promise<Set<string>> {
  const state = await manager()?.query();
  return new Set(state?.held?.flatMap(({ name }) => name ?? []));
}
