// The learning rate over a run, as the form draws it.
import { learningRateAt, type RateSchedule } from '../../nets/learning-rate';

/** A chart has no more places side by side that could be told apart. */
const PLACES = 400;

/**
 * The rate at up to 400 steps of a run, by epoch.
 * @param perEpoch steps
 * @param warmup epochs
 */
export function rateCurve(schedule: RateSchedule, perEpoch: number, epochs: number, warmup: number) {
  const steps = perEpoch * epochs;
  const places = Math.min(PLACES, steps);
  const at = Array.from({ length: places }, (_, i) =>
    Math.round((i * (steps - 1)) / Math.max(1, places - 1)),
  );
  const rates = at.map((step) => learningRateAt(schedule, step, steps, warmup * perEpoch));
  return {
    data: [at.map((step) => step / perEpoch), rates] as [number[], number[]],
    first: rates[0]!,
    most: Math.max(...rates),
    last: rates.at(-1)!,
  };
}
