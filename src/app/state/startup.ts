import { markInterruptedRuns } from '../../storage/runs';

/**
 * Settles when runs that belonged to a page that is gone are marked as interrupted. The page's one write to storage;
 * nothing may start a run before it, or that run would be marked too.
 */
export const oldRunsMarked: Promise<void> = markInterruptedRuns().catch(() => undefined);
