// The rows of the run's charts. Both have epochs as x, so that their cursors move together.
import type { AlignedData } from 'uplot';
import type { EpochRecord } from '../../../training/types';
import { smooth, type LossCurve } from '../../state/loss-curve';

/** Epoch, loss of each step, smoothed loss, validation loss. */
export function lossData(
  curve: LossCurve,
  epochs: readonly Pick<EpochRecord, 'step' | 'epoch' | 'valLoss'>[],
  stepsPerEpoch: number,
): AlignedData {
  const perEpoch = Math.max(1, stepsPerEpoch);
  const { steps, losses } = curve;
  // The mean follows about a twentieth of the curve, so that it is calm and yet does not lag behind a short one.
  const window = Math.min(50, Math.max(4, steps.length / 20));
  const mean = smooth(losses, 1 - 1 / window);
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

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
