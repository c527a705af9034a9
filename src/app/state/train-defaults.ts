import { noAugmentation } from '../../data/augment/settings';
import { policyDefaults, type PolicyName } from '../../nets/learning-rate';
import type { MeanChoice } from '../../nets/mean-values';
import type { TrainSettings } from '../../training/types';

/** The learning-rate policies, with what each does over the run, and what its parameters are to it. */
export const policies: readonly { id: PolicyName; title: string; help: string; at: string; gamma: string }[] =
  [
    { id: 'fixed', title: 'Fixed', help: 'The same rate throughout.', at: '', gamma: '' },
    {
      id: 'step',
      title: 'Step down',
      help: 'Falls after each part of the run.',
      at: 'Each',
      gamma: 'Factor',
    },
    {
      id: 'multistep',
      title: 'Multistep',
      help: 'Falls at the places that are given.',
      at: 'After',
      gamma: 'Factor',
    },
    {
      id: 'exp',
      title: 'Exponential',
      help: 'Falls by the same share after each hundredth of the run.',
      at: '',
      gamma: 'Factor per hundredth',
    },
    {
      id: 'inv',
      title: 'Inverse',
      help: 'Falls quickly, then ever more slowly.',
      at: '',
      gamma: 'Fall per hundredth',
    },
    {
      id: 'poly',
      title: 'Polynomial',
      help: 'Falls to 0 at the end with a power of what is left.',
      at: '',
      gamma: '',
    },
    {
      id: 'sigmoid',
      title: 'Sigmoid',
      help: 'Keeps the rate, and falls around one place, steeper with a larger slope.',
      at: 'Middle of the fall',
      gamma: 'Slope per hundredth',
    },
  ];

/** The solvers, with what each does, and what momentum is to it; null where it has none. */
export const solvers = [
  {
    id: 'SGD',
    title: 'SGD with momentum',
    help: 'Goes down the slope, and keeps part of the last step.',
    momentum: 'Share of the last step that is kept.',
  },
  {
    id: 'Nesterov',
    title: 'Nesterov',
    help: 'SGD that looks ahead to where its momentum leads.',
    momentum: 'Share of the last step that is kept.',
  },
  {
    id: 'AdaGrad',
    title: 'AdaGrad',
    help: 'Steps shrink for each weight with the sum of its squared gradients.',
    momentum: null,
  },
  {
    id: 'RMSProp',
    title: 'RMSProp',
    help: 'Divides each weight’s gradient by its recent size.',
    momentum: null,
  },
  {
    id: 'AdaDelta',
    title: 'AdaDelta',
    help: 'Finds its own step for each weight; the learning rate is usually 1.',
    momentum: 'Share of the mean squares that is kept; usually 0.95.',
  },
  {
    id: 'Adam',
    title: 'Adam',
    help: 'Mean gradients divided by their recent size: a network with random weights learns fastest so.',
    momentum: 'Share of the mean gradient that is kept.',
  },
] as const;

/** What can be subtracted from the pixels. */
export const means: readonly { id: MeanChoice; title: string; help: string }[] = [
  { id: 'network', title: 'The network’s own', help: 'What its text says; 116 in the built-in networks.' },
  { id: 'pixel', title: 'Mean colour', help: 'The mean of the dataset’s training pictures, by channel.' },
  { id: 'none', title: 'None', help: 'The network sees values from 0 to 255.' },
];

/** The width that the form suggests where no graphics processor does the work. */
export const narrowWidth = 0.25;

/** What a run is trained with unless something else is said. */
export const trainDefaults: Omit<TrainSettings, 'dataset'> = {
  network: { kind: 'zoo', id: 'fcn-alexnet' },
  width: 1,
  epochs: 30,
  batch: 4,
  accumulation: 1,
  learningRate: 1e-4,
  policy: 'sigmoid',
  policyParameters: policyDefaults.sigmoid,
  warmup: 0,
  solver: 'SGD',
  momentum: 0.9,
  weightDecay: 5e-4,
  clip: null,
  multipliers: {},
  loss: 'cross-entropy',
  focalGamma: 2,
  classWeights: { mode: 'none', weights: null },
  augmentation: { ...noAugmentation, flip: true },
  mean: 'network',
  seed: 1,
  backend: 'auto',
};
