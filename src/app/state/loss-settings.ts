// The losses and the class weights that a run can be trained with, in words.
import type { WeightMode } from '../../data/class-weights';
import { isFocal, type LossName } from '../../nets/objective';
import type { TrainSettings } from '../../training/types';

export const losses: readonly { id: LossName; title: string; help: string }[] = [
  {
    id: 'cross-entropy',
    title: 'Cross-entropy',
    help: 'The mean over the pixels of how unlikely the network finds their class.',
  },
  {
    id: 'focal',
    title: 'Focal',
    help: 'Cross-entropy in which pixels that are right already count less.',
  },
  {
    id: 'dice',
    title: 'Dice',
    help: 'How little prediction and label overlap, class by class: small classes count as much as large ones.',
  },
  {
    id: 'cross-entropy+dice',
    title: 'Cross-entropy + Dice',
    help: 'The sum of both: as steady as the first, and as fair to small classes as the second.',
  },
  { id: 'focal+dice', title: 'Focal + Dice', help: 'The sum of both.' },
];

export const weightings: readonly { id: WeightMode; title: string; help: string }[] = [
  { id: 'none', title: 'None', help: 'Every pixel counts alike.' },
  {
    id: 'median-frequency',
    title: 'Median frequency',
    help: 'The median frequency of all classes divided by the class’s own, among the pictures that contain it.',
  },
  {
    id: 'inverse-frequency',
    title: 'Inverse frequency',
    help: 'All pixels divided by those of the class: rare classes count far more.',
  },
  { id: 'by-hand', title: 'By hand', help: 'The numbers below.' },
];

/** A weight as people read and type it. */
export const weightText = (weight: number) => String(Number(weight.toPrecision(3)));

export function lossTitle({ loss, focalGamma }: Pick<TrainSettings, 'loss' | 'focalGamma'>): string {
  const title = losses.find(({ id }) => id === loss)?.title ?? loss;
  return isFocal(loss) ? `${title}, gamma ${focalGamma}` : title;
}
