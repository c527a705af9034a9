import type { TrainSettings } from '../../training/types';

/** The built-in networks that can be trained. */
export const networks = [{ id: 'fcn-alexnet', title: 'FCN-AlexNet' }] as const;

/** What a run is trained with unless something else is said. */
export const trainDefaults: Omit<TrainSettings, 'dataset'> = {
  network: { kind: 'zoo', id: 'fcn-alexnet' },
  width: 1,
  epochs: 30,
  batch: 4,
  learningRate: 1e-4,
  momentum: 0.9,
  weightDecay: 5e-4,
  flip: true,
  seed: 1,
  backend: 'auto',
};
