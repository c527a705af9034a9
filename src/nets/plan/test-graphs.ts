// Small networks that use every kind of edge a graph can have.
import { readNetwork } from '../read-network';
import type { NetSpec } from '../spec';

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

/** A network from its layers, as it trains. */
export const networkOf = (layers: readonly string[] | string): NetSpec =>
  readNetwork(typeof layers === 'string' ? layers : layers.join(''));
