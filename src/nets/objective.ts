// What a network is trained by, beyond what its text says: weights of the classes, focal and Dice loss.
import type { NetSpec, Objective } from './spec';

/** What a SoftmaxWithLoss layer computes by itself: the mean cross-entropy. */
export const crossEntropy: Objective = { crossEntropy: true, gamma: 0, dice: false, classWeights: null };

export const lossNames = ['cross-entropy', 'focal', 'dice', 'cross-entropy+dice', 'focal+dice'] as const;
export type LossName = (typeof lossNames)[number];

/** With a larger exponent nearly all pixels' losses are nothing but rounding. */
export const MOST_GAMMA = 10;

export const isFocal = (loss: LossName) => loss === 'focal' || loss === 'focal+dice';

/** The objective of that name. */
export function objectiveOf(
  loss: LossName,
  gamma: number,
  classWeights: readonly number[] | null,
): Objective {
  return {
    crossEntropy: loss !== 'dice',
    gamma: isFocal(loss) ? gamma : 0,
    dice: loss.endsWith('dice'),
    classWeights,
  };
}

/** The network with all its losses computed as `objective` says; its text stays as it is. */
export function withObjective(spec: NetSpec, objective: Objective): NetSpec {
  const layers = spec.layers.map((layer) =>
    layer.type === 'SoftmaxWithLoss' ? { ...layer, objective } : layer,
  );
  return { ...spec, layers };
}
