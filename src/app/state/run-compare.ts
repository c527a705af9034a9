// Runs beside each other: what their settings differ in, and their curves in one chart.
import type { AlignedData } from 'uplot';
import type { EpochRecord, RunRecord } from '../../training/types';
import { isFrozen } from '../../nets/multipliers';
import { augmentationTexts } from './augmentation-text';
import { networkTitle } from './run-view';

type Run = Pick<RunRecord, 'id' | 'settings' | 'datasetName' | 'start'>;

/** What can be compared, and what it is of an epoch. */
export const metrics = [
  { id: 'iou', title: 'Mean IoU', of: (epoch: EpochRecord) => epoch.meanIoU, share: true },
  { id: 'accuracy', title: 'Pixel accuracy', of: (epoch: EpochRecord) => epoch.pixelAccuracy, share: true },
  { id: 'val', title: 'Validation loss', of: (epoch: EpochRecord) => epoch.valLoss, share: false },
  { id: 'train', title: 'Training loss', of: (epoch: EpochRecord) => epoch.trainLoss, share: false },
] as const;
export type MetricId = (typeof metrics)[number]['id'];

/** Settings in words, by what they are called; the order is that of the form. */
function settingsOf(run: Run): [name: string, value: string][] {
  const { settings } = run;
  const frozen = Object.entries(settings.multipliers).filter(([, blobs]) => isFrozen(blobs));
  return [
    ['dataset', run.datasetName],
    ['network', networkTitle(run)],
    ['from', run.start?.model ?? 'random weights'],
    ['epochs', String(settings.epochs)],
    ['batch', String(settings.batch)],
    ['accumulation', String(settings.accumulation)],
    ['rate', String(settings.learningRate)],
    ['policy', settings.policy],
    ['warm-up', String(settings.warmup)],
    ['solver', settings.solver],
    ['momentum', String(settings.momentum)],
    ['decay', String(settings.weightDecay)],
    ['clipping', String(settings.clip ?? 'none')],
    ['loss', settings.loss],
    ['class weights', settings.classWeights.mode],
    ['frozen', frozen.map(([layer]) => layer).join(' ') || 'nothing'],
    ['augmentation', augmentationTexts(settings.augmentation).join(', ') || 'none'],
    ['mean', settings.mean],
    ['seed', String(settings.seed)],
  ];
}

/** For each run, by its id, the settings that are not the same in all of them, as "rate 0.001". */
export function differences(runs: readonly Run[]): Map<string, string[]> {
  const all = runs.map((run) => ({ id: run.id, settings: settingsOf(run) }));
  const differs = (at: number) => new Set(all.map(({ settings }) => settings[at]![1])).size > 1;
  return new Map(
    all.map(({ id, settings }) => [
      id,
      settings.filter((_, at) => differs(at)).map(([name, value]) => `${name} ${value}`),
    ]),
  );
}

/** Epochs, and a row of the metric for each run; null where a run has no such epoch. */
export function overlaid(
  runs: readonly (readonly EpochRecord[])[],
  of: (epoch: EpochRecord) => number,
): AlignedData {
  const numbers = [...new Set(runs.flatMap((epochs) => epochs.map(({ epoch }) => epoch)))];
  numbers.sort((a, b) => a - b);
  const rows = runs.map((epochs) => {
    const values = new Map(epochs.map((epoch) => [epoch.epoch, of(epoch)]));
    return numbers.map((number) => values.get(number) ?? null);
  });
  return [numbers, ...rows];
}

/**
 * Colours of lines that are told apart also by who sees few colours, on light and dark: Okabe and Ito's palette without
 * its black and yellow, which one of the two surfaces would swallow.
 */
const lineColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'] as const;

export const lineColour = (position: number): string => lineColours[position % lineColours.length]!;
