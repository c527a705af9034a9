import type { TrainSettings } from '../../training/types';

/** The learning-rate policies, with what each does over the run. */
export const policies = [
  { id: 'fixed', title: 'Fixed', help: 'The same rate throughout.' },
  { id: 'step', title: 'Step down', help: 'A tenth after each 33 % of the run.' },
  { id: 'multistep', title: 'Multistep', help: 'Half after 50 % and again after 85 % of the run.' },
  { id: 'exp', title: 'Exponential', help: '5 % less after each hundredth of the run.' },
  { id: 'inv', title: 'Inverse', help: 'Falls quickly, then ever more slowly, to about a third.' },
  { id: 'poly', title: 'Polynomial', help: 'Falls to 0 at the end with the third power of what is left.' },
  { id: 'sigmoid', title: 'Sigmoid', help: 'Keeps the rate, and falls around the middle of the run.' },
] as const;

/** The width that the form suggests where no graphics processor does the work. */
export const narrowWidth = 0.25;

/** What a run is trained with unless something else is said. */
export const trainDefaults: Omit<TrainSettings, 'dataset'> = {
  network: { kind: 'zoo', id: 'fcn-alexnet' },
  width: 1,
  epochs: 30,
  batch: 4,
  learningRate: 1e-4,
  policy: 'sigmoid',
  momentum: 0.9,
  weightDecay: 5e-4,
  flip: true,
  seed: 1,
  backend: 'auto',
};
