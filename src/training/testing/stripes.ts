// A dataset of stripes and a network that learns them in a second.
import { random32 } from '../../core/random';
import { noAugmentation } from '../../data/augment/settings';
import type { DatasetRecord, Split } from '../../data/types';
import { policyDefaults } from '../../nets/learning-rate';
import type { Sample } from '../batches';
import type { TrainSettings } from '../types';

export const [width, height, classes] = [24, 16, 3];
export const colours = [40, 120, 220];

/** Tiles of vertical stripes: each class has its grey, with noise. */
export function sample(split: Split, index: number): Sample {
  const labels = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.floor(((i % width) * classes) / width),
  );
  const noise = (i: number) => random32(1, split, index, i) % 16;
  const rgb = Uint8Array.from(
    { length: labels.length * 3 },
    (_, i) => colours[labels[Math.floor(i / 3)]!]! + noise(i),
  );
  return { name: `${split} ${index}`, image: { width, height, rgb }, labels };
}

export const pixels = (tiles: number) => ({
  classes: Array.from({ length: classes }, () => (tiles * width * height) / classes),
  void: 0,
});

export const dataset: DatasetRecord = {
  id: 'stripes',
  schema: 1,
  name: 'stripes',
  createdAt: 0,
  state: 'ready',
  format: 'grey-index',
  classes: ['left', 'middle', 'right'].map((name, id) => ({ id, name, colour: [id, id, id] as const })),
  voidClass: null,
  scale: null,
  tile: null,
  split: { kind: 'folders' },
  pairs: { train: 5, val: 2 },
  tiles: { train: 5, val: 2 },
  pixels: { train: pixels(5), val: pixels(2) },
  tileSizes: [{ width, height, count: 7 }],
  rejected: [],
  sizeBytes: 0,
};

/** Small enough to learn the stripes in a second; dropout, so that continuing exactly is no matter of course. */
export const network = (scale: number) => `
layer { name: "shift" type: "Power" bottom: "data" top: "shift" power_param { scale: ${scale} shift: -1.2 } }
layer { name: "conv1" type: "Convolution" bottom: "shift" top: "conv1"
  convolution_param { num_output: 16 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "drop1" type: "Dropout" bottom: "conv1" top: "conv1" }
layer { name: "score" type: "Convolution" bottom: "conv1" top: "score"
  convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "gaussian" std: 0.01 } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" loss_param { ignore_label: 255 } }
`;

export const settings: TrainSettings = {
  dataset: 'stripes',
  network: { kind: 'prototxt', text: network(0.01) },
  width: 1,
  epochs: 3,
  batch: 2,
  accumulation: 1,
  learningRate: 0.05,
  solver: 'SGD',
  policy: 'poly',
  policyParameters: policyDefaults.poly,
  warmup: 0,
  momentum: 0.9,
  weightDecay: 5e-4,
  clip: null,
  multipliers: {},
  loss: 'cross-entropy',
  focalGamma: 2,
  classWeights: { mode: 'none', weights: null },
  augmentation: { ...noAugmentation, flip: true },
  mean: 'network',
  seed: 11,
  backend: 'wasm',
};
