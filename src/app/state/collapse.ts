import type { EpochRecord, RunRecord } from '../../training/types';

/** The class that the network gives to nearly every pixel, when that is all it has learned; null otherwise. */
export function collapsedClass(
  epoch: Pick<EpochRecord, 'pixelAccuracy' | 'confusion'>,
  run: Pick<RunRecord, 'baseline' | 'classes'>,
): string | null {
  if (Math.abs(epoch.pixelAccuracy - run.baseline) > 0.005) return null;
  const predicted = run.classes.map((_, column) =>
    epoch.confusion.reduce((sum, row) => sum + (row[column] ?? 0), 0),
  );
  const total = predicted.reduce((sum, value) => sum + value, 0);
  const position = predicted.findIndex((value) => value > 0.99 * total);
  return run.classes[position]?.name ?? null;
}
