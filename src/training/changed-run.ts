// A run that goes on from another one with other settings.
import type { RunRecord, TrainSettings } from './types';

/** The settings of a run that goes on from another: its own but for the changes, for the epochs that are left. */
export function settingsFrom(
  { settings, epochs }: Pick<RunRecord, 'settings' | 'epochs'>,
  changes: Partial<TrainSettings>,
): TrainSettings {
  const left = Math.max(1, settings.epochs - Math.floor(epochs.at(-1)?.epoch ?? 0));
  return { ...settings, epochs: left, warmup: Math.min(settings.warmup, left), ...changes };
}

/** Its name: that of the other with what was changed. */
export function nameFrom({ name }: Pick<RunRecord, 'name'>, changes: Partial<TrainSettings>): string {
  const { learningRate, batch } = changes;
  const said = [
    ...(learningRate === undefined ? [] : [`learning rate ${learningRate}`]),
    ...(batch === undefined ? [] : [`batch ${batch}`]),
  ];
  // A name that was made so before says its last changes only.
  return [name.replace(/, (learning rate|batch) .*$/, ''), ...said].join(', ');
}
