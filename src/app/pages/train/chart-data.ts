// The rows of the run's charts. All have epochs as x, so that their cursors move together.
import type { AlignedData } from 'uplot';
import { learningRateAt, rateChanges } from '../../../nets/learning-rate';
import type { EpochRecord, RunMark, RunRecord } from '../../../training/types';
import { percent } from '../../state/format';
import { smooth, type LossCurve } from '../../state/loss-curve';
import type { Mark } from '../../ui/chart-options';

/**
 * Epoch, loss of each step, smoothed loss, validation loss.
 * @param smoothing share of the mean so far in the next point, 0 to 0.99
 */
export function lossData(
  curve: LossCurve,
  epochs: readonly Pick<EpochRecord, 'step' | 'epoch' | 'valLoss'>[],
  stepsPerEpoch: number,
  smoothing: number,
): AlignedData {
  const perEpoch = Math.max(1, stepsPerEpoch);
  const { steps, losses } = curve;
  const mean = smooth(losses, smoothing);
  const x: number[] = [];
  const raw: (number | null)[] = [];
  const smoothed: (number | null)[] = [];
  const validation: (number | null)[] = [];
  let next = 0;
  const add = (step: number, loss: number | null, average: number | null, val: number | null) => {
    x.push(step / perEpoch);
    raw.push(finite(loss));
    smoothed.push(finite(average));
    validation.push(finite(val));
  };
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    // An epoch whose own step was thinned out gets a point of its own.
    for (let epoch = epochs[next]; epoch && epoch.step < step; epoch = epochs[++next]) {
      add(epoch.step, null, null, epoch.valLoss);
    }
    const here = epochs[next]?.step === step ? (epochs[next++]?.valLoss ?? null) : null;
    add(step, losses[i]!, mean[i]!, here);
  }
  for (const epoch of epochs.slice(next)) add(epoch.step, null, null, epoch.valLoss);
  return [x, raw, smoothed, validation];
}

/** Epoch, pixel accuracy, mean IoU, share of the majority class; the last from epoch 0 on. */
export function accuracyData(
  epochs: readonly Pick<EpochRecord, 'epoch' | 'pixelAccuracy' | 'meanIoU'>[],
  baseline: number,
): AlignedData {
  return [
    [0, ...epochs.map(({ epoch }) => epoch)],
    [null, ...epochs.map(({ pixelAccuracy }) => finite(pixelAccuracy))],
    [null, ...epochs.map(({ meanIoU }) => finite(meanIoU))],
    [baseline, ...epochs.map(() => baseline)],
  ];
}

/** Epoch, and the IoU of each of `classes` classes; null where a class was not seen. */
export function classData(
  epochs: readonly Pick<EpochRecord, 'epoch' | 'perClassIoU'>[],
  classes: number,
): AlignedData {
  const lines = Array.from({ length: classes }, (_, position) =>
    epochs.map(({ perClassIoU }) => finite(perClassIoU[position] ?? null)),
  );
  return [epochs.map(({ epoch }) => epoch), ...lines];
}

/** The learning rate that a step, counted from 0, was or will be made with. */
export function rateOfStep(
  run: Pick<RunRecord, 'settings' | 'stepsPerEpoch' | 'marks'>,
  step: number,
): number {
  const { settings, stepsPerEpoch } = run;
  const schedule = { ...settings, changes: rateChanges(run.marks) };
  return learningRateAt(schedule, step, stepsPerEpoch * settings.epochs, settings.warmup * stepsPerEpoch);
}

const RATE_POINTS = 500;

/** Epoch, and the learning rate that its steps were made with, up to the step that is reached; both sides of every change. */
export function rateData(
  run: Pick<RunRecord, 'settings' | 'stepsPerEpoch' | 'marks'>,
  reached: number,
): [number[], number[]] {
  const { stepsPerEpoch } = run;
  const changes = rateChanges(run.marks);
  const every = Math.max(1, Math.ceil(reached / RATE_POINTS));
  const wanted = new Set([0, reached - 1]);
  for (let step = 0; step < reached; step += every) wanted.add(step);
  for (const { step } of changes) wanted.add(step - 1).add(step);
  const steps = [...wanted].filter((step) => step >= 0 && step < reached).sort((a, b) => a - b);
  return [steps.map((step) => step / Math.max(1, stepsPerEpoch)), steps.map((step) => rateOfStep(run, step))];
}

/** The last value at or before a place in a row; null where there is none. */
export function valueAt(row: ArrayLike<number | null | undefined>, index: number): number | null {
  for (let i = Math.min(index, row.length - 1); i >= 0; i--) {
    const value = row[i];
    if (typeof value === 'number') return value;
  }
  return null;
}

/** A learning rate with no more digits than a person chose. */
export const rateText = (rate: number): string => {
  const short = Number(rate.toPrecision(3));
  return short !== 0 && short < 0.001 ? short.toExponential() : String(short);
};

/** What a mark says, in words. */
export function markText(mark: RunMark): string {
  switch (mark.kind) {
    case 'begun':
      return mark.step ? 'continued' : 'begun';
    case 'learning-rate':
      return `learning rate ${rateText(mark.learningRate)} from here on`;
    case 'snapshot':
      return 'snapshot taken by hand';
    case 'dataset-changed':
      return 'the dataset had changed; from here on with its new tiles or labels';
    default:
      return mark.kind;
  }
}

/** The marks as the charts number them, without the run's beginning; those of one step share a line. */
export function chartMarks(marks: readonly RunMark[], stepsPerEpoch: number): Mark[] {
  const labels = new Map<number, string>();
  marks.forEach(({ kind, step }, i) => {
    if (kind === 'begun' && step === 0) return;
    const before = labels.get(step);
    labels.set(step, before === undefined ? String(i + 1) : `${before}, ${i + 1}`);
  });
  return [...labels].map(([step, label]) => ({ x: step / Math.max(1, stepsPerEpoch), label }));
}

/** What the charts of a run's accuracy wait for. */
export const accuracyWaits = (baseline: number): string =>
  'Accuracy on the validation pictures will be drawn here after the first epoch' +
  (baseline > 0 ? `. To beat: ${percent(baseline)}, the share of the largest class.` : '.');

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
