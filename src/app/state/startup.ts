import { markInterruptedRuns } from '../../storage/runs';

/**
 * Marks runs whose worker is gone as interrupted: when the page starts, and when the trainer died. The page's one
 * write to storage, because the worker that should have written it is no more.
 */
export const markLostRuns = (): Promise<void> => markInterruptedRuns().catch(() => undefined);

/** Nothing may start a run before this has settled, or that run would be marked too. */
export const oldRunsMarked: Promise<void> = markLostRuns();
