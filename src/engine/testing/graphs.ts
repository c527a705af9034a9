// Small networks that use every kind of edge a graph can have, and what a test needs to run them.
import { random32, randomUniform } from '../../core/random';
import { readNetwork } from '../../nets/read-network';
import { expectedShapes } from '../../nets/place-layers';
import type { NetSpec } from '../../nets/spec';
import type { WeightSet } from '../../nets/weights';
import type { LabelBatch, Pass } from '../layers/layer';
import { caffeFromHwio } from '../layout';
import { dataTensor, Network } from '../network';
import { readScalar } from '../read-back';

/** One layer in the text format; `rest` is what only it has. */
export function layer(type: string, name: string, bottoms: string, tops: string, rest = ''): string {
  const list = (field: string, blobs: string) =>
    blobs
      .split(' ')
      .filter(Boolean)
      .map((blob) => `${field}: "${blob}"`)
      .join(' ');
  return `layer { name: "${name}" type: "${type}" ${list('bottom', bottoms)} ${list('top', tops)} ${rest} }\n`;
}

export const convolution = (name: string, bottoms: string, tops: string, outputs: number, rest = '') =>
  layer(
    'Convolution',
    name,
    bottoms,
    tops,
    `convolution_param { num_output: ${outputs} kernel_size: 3 pad: 1 } ${rest}`,
  );

export const loss = (name: string, scores: string, rest = '') =>
  layer('SoftmaxWithLoss', name, `${scores} label`, name, `loss_param { ignore_label: 255 } ${rest}`);

/** A loss whose gradient goes no further than its own convolution. */
export const aside = [
  convolution('aside', 'joined', 'aside', 3, 'propagate_down: false'),
  loss('aside_loss', 'aside', 'loss_weight: 0.5'),
];

/**
 * Every edge: several readers, bottoms and tops, in place, shared parameters, a fused crop to a blob, two losses, blobs that nobody reads.
 * @param stopped layers with a loss whose gradient may not pass on.
 */
export const everything = (stopped: readonly string[] = []) => [
  layer('Power', 'small', 'data', 'small', 'power_param { scale: 0.02 shift: -0.5 }'),
  convolution('conv1', 'small', 'conv1', 6),
  layer('BatchNorm', 'bn1', 'conv1', 'conv1'),
  layer('Scale', 'scale1', 'conv1', 'conv1', 'scale_param { bias_term: true }'),
  layer('ELU', 'elu1', 'conv1', 'conv1'),
  layer('Split', 'split1', 'conv1', 'left right unread'),
  layer('Slice', 'slice1', 'left', 'a b', 'slice_param { axis: 1 }'),
  layer('PReLU', 'prelu1', 'a', 'a'),
  layer('TanH', 'tanh1', 'b', 'tanh1'),
  convolution('twins', 'a tanh1', 'twin1 twin2', 3, 'param { name: "w" } param { name: "bias" lr_mult: 2 }'),
  convolution('third', 'b', 'third', 3, 'param { name: "w" } param { name: "bias" }'),
  layer(
    'Eltwise',
    'sum',
    'twin1 twin2 third',
    'sum',
    'eltwise_param { operation: SUM coeff: 1 coeff: -2 coeff: 0.5 }',
  ),
  layer('Pooling', 'global', 'right', 'global', 'pooling_param { pool: AVE global_pooling: true }'),
  layer('InnerProduct', 'gate', 'global', 'gate', 'inner_product_param { num_output: 6 }'),
  layer('Sigmoid', 'sigmoid1', 'gate', 'gate'),
  layer('Scale', 'gated', 'right gate', 'gated', 'scale_param { axis: 0 }'),
  layer('Concat', 'joined', 'sum gated sum', 'joined'),
  layer('Pooling', 'pool1', 'joined', 'pool1', 'pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }'),
  convolution('early', 'right', 'early', 3),
  loss('early_loss', 'early', 'loss_weight: 0.3'),
  ...stopped,
  convolution('coarse', 'pool1', 'coarse', 3),
  layer(
    'Deconvolution',
    'up',
    'coarse',
    'up',
    'convolution_param { num_output: 3 kernel_size: 4 stride: 2 bias_term: false }',
  ),
  layer('Crop', 'score', 'up early', 'score', 'crop_param { axis: 2 offset: 1 }'),
  loss('main_loss', 'score'),
  layer('Accuracy', 'accuracy', 'score label', 'accuracy'),
  // One label for each image is not what a batch has, so this fails where it is run.
  layer('Accuracy', 'unread_accuracy', 'gate label', 'unread_accuracy'),
  layer('Softmax', 'unread_softmax', 'score', 'unread_softmax'),
  layer('Silence', 'silence', 'unread', ''),
];

/** Weights from the seed alone, about as large as a trained network's; statistics of batches start at zero. */
export function someWeights(spec: NetSpec, seed: number): WeightSet {
  const statistics = spec.layers.flatMap(({ type, name }) => (type === 'BatchNorm' ? [`${name}/`] : []));
  return new Map(
    [...expectedShapes(spec)].map(([name, shape]) => {
      const zero = statistics.some((layerName) => name.startsWith(layerName));
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, (_, i) =>
        zero ? 0 : 0.8 * (randomUniform(seed, name, i) - 0.4),
      );
      return [name, { shape, data }];
    }),
  );
}

/** A batch of two images of 9 x 11 with labels of three classes, and some that do not count. */
export function someBatch(seed: number) {
  const [n, h, w] = [2, 9, 11];
  const pixels = Float32Array.from(
    { length: n * h * w * 3 },
    (_, i) => random32(seed, 'pixels', Math.floor(i / 7)) & 63,
  );
  const labels = Uint8Array.from({ length: n * h * w }, (_, i) => {
    const draw = random32(seed, 'labels', i) % 7;
    return draw === 6 ? 255 : draw % 3;
  });
  return { data: dataTensor(pixels, [n, h, w, 3]), labels: { labels }, pixels };
}

/** A network from its layers, as it trains. */
export const networkOf = (layers: readonly string[] | string): NetSpec =>
  readNetwork(typeof layers === 'string' ? layers : layers.join(''));

export const passOf = (labels: LabelBatch, step = 0): Pass => ({ training: true, seed: 1, step, labels });

/** A network's loss and gradients on a batch, the gradients in Caffe's layout. */
export async function slopes(spec: NetSpec, weights: WeightSet) {
  const network = new Network(spec, weights);
  const { data, labels } = someBatch(1);
  const { loss: total, gradients } = network.gradients(data, passOf(labels));
  const found: WeightSet = new Map();
  for (const [name, gradient] of gradients) {
    const blob = { shape: gradient.shape, data: new Float32Array(await gradient.data<'float32'>()) };
    const { type } = spec.layers.find((of) => name.startsWith(`${of.name}/`))!;
    found.set(name, type === 'Convolution' && name.endsWith('/0') ? caffeFromHwio(blob) : blob);
    gradient.dispose();
  }
  data.dispose();
  network.dispose();
  return { loss: await readScalar(total), gradients: found };
}

/** Weights gone a way in some direction. */
export function moved(weights: WeightSet, direction: WeightSet, by: number): WeightSet {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const way = direction.get(name)?.data;
      return [name, { shape, data: data.map((value, i) => value + by * (way?.[i] ?? 0)) }];
    }),
  );
}
