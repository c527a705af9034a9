// Layers that definition.browser.test.ts compares with their definitions: each type in the shapes and with the attributes that matter to it.
import type { Objective } from '../../nets/spec';

export interface DefinitionCase {
  what: string;
  layer: string;
  bottoms: number[][];
  tops: number;
  training: boolean;
  /** A top that no gradient reaches. */
  unread: number | null;
  /** Of a loss, where it is not plain cross-entropy. */
  objective?: Partial<Objective>;
}

type Options = Partial<Pick<DefinitionCase, 'tops' | 'training' | 'unread' | 'objective'>>;

const entry =
  (type: string, field: string) =>
  (what: string, settings: string, bottoms: number[][], options: Options = {}): DefinitionCase => ({
    what,
    layer: `type: "${type}" ${settings && `${field} { ${settings} }`}`,
    bottoms,
    tops: 1,
    training: true,
    unread: null,
    ...options,
  });

const conv = entry('Convolution', 'convolution_param');
const deconv = entry('Deconvolution', 'convolution_param');
const product = entry('InnerProduct', 'inner_product_param');
const pool = entry('Pooling', 'pooling_param');
const lrn = entry('LRN', 'lrn_param');
const power = entry('Power', 'power_param');
const norm = entry('BatchNorm', 'batch_norm_param');
const scale = entry('Scale', 'scale_param');
const bias = entry('Bias', 'bias_param');
const eltwise = entry('Eltwise', 'eltwise_param');
const concat = entry('Concat', 'concat_param');
const slice = entry('Slice', 'slice_param');
const crop = entry('Crop', 'crop_param');
const softmax = entry('Softmax', 'softmax_param');
const loss = entry('SoftmaxWithLoss', 'loss_param');
const accuracy = entry('Accuracy', 'accuracy_param');

export const cases: DefinitionCase[] = [
  conv('a padded convolution', 'num_output: 5 kernel_size: 3 pad: 1', [[2, 4, 7, 9]]),
  conv('a strided convolution with much padding', 'num_output: 3 kernel_size: 5 stride: 4 pad: 20', [
    [1, 3, 9, 11],
  ]),
  conv('a grouped convolution', 'num_output: 6 kernel_size: 3 pad: 1 group: 2', [[2, 4, 6, 5]]),
  conv(
    'a rectangular dilated convolution',
    'num_output: 2 kernel_h: 3 kernel_w: 2 dilation: 2 bias_term: false',
    [[1, 2, 8, 7]],
  ),
  deconv('a grouped deconvolution', 'num_output: 3 kernel_size: 7 stride: 4 group: 3 bias_term: false', [
    [2, 3, 3, 4],
  ]),
  deconv('a padded deconvolution with a bias', 'num_output: 2 kernel_size: 4 stride: 2 pad: 1', [
    [1, 3, 4, 3],
  ]),
  deconv(
    'a dilated, grouped, rectangular deconvolution',
    'num_output: 4 kernel_h: 3 kernel_w: 2 dilation: 2 dilation: 3 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 2 group: 2',
    [[1, 2, 4, 5]],
  ),

  product('an inner product of images', 'num_output: 5', [[2, 3, 4, 5]]),
  product(
    'an inner product of rows, transposed, without bias',
    'num_output: 4 transpose: true bias_term: false',
    [[3, 7]],
  ),
  product('an inner product from axis 2 on', 'num_output: 3 axis: 2', [[2, 3, 4, 2]]),
  product('an inner product of the last axis, transposed', 'num_output: 3 axis: -1 transpose: true', [
    [1, 2, 3, 4],
  ]),

  pool('a pooling that rounds up', 'kernel_size: 3 stride: 2', [[2, 3, 8, 6]]),
  pool('a padded pooling that drops a window', 'kernel_size: 2 stride: 3 pad: 1', [[1, 2, 5, 8]]),
  pool('a pooling that rounds down', 'kernel_size: 3 stride: 2 round_mode: FLOOR', [[1, 2, 8, 6]]),
  pool('a global maximum', 'global_pooling: true', [[2, 3, 4, 5]]),
  pool('a pooling of single pixels', 'kernel_size: 1 stride: 2 round_mode: FLOOR', [[1, 2, 5, 4]]),
  pool('an average', 'pool: AVE kernel_size: 2 stride: 2', [[2, 3, 6, 4]]),
  pool('an average over a ragged border', 'pool: AVE kernel_size: 3 stride: 2', [[1, 2, 8, 6]]),
  pool('a padded average', 'pool: AVE kernel_size: 3 stride: 2 pad: 1', [[1, 2, 7, 8]]),
  pool(
    'a rectangular average that rounds down',
    'pool: AVE kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 3 pad_h: 2 pad_w: 1 round_mode: FLOOR',
    [[1, 1, 8, 9]],
  ),
  pool('an average of single pixels', 'pool: AVE kernel_size: 1 stride: 2 round_mode: FLOOR', [[1, 2, 5, 4]]),
  pool('a global average', 'pool: AVE global_pooling: true', [[2, 3, 4, 5]]),

  lrn('LRN', 'local_size: 3 alpha: 0.5 beta: 0.75 k: 2', [[1, 5, 3, 4]]),
  lrn('LRN within a channel', 'norm_region: WITHIN_CHANNEL local_size: 3 alpha: 0.5 beta: 0.75', [
    [1, 2, 4, 6],
  ]),

  entry('ReLU', '')('ReLU', '', [[1, 2, 3, 4]]),
  entry('ReLU', 'relu_param')('a leaky ReLU', 'negative_slope: 0.1', [[1, 2, 3, 4]]),
  entry('ReLU', 'relu_param')('a ReLU that turns the sign', 'negative_slope: -0.5', [[1, 2, 3, 4]]),
  entry('PReLU', '')('PReLU', '', [[2, 3, 2, 4]]),
  entry('PReLU', 'prelu_param')('a PReLU with one slope, of rows', 'channel_shared: true', [[3, 5]]),
  entry('ELU', 'elu_param')('ELU', 'alpha: 0.7', [[1, 2, 3, 4]]),
  entry('ELU', 'elu_param')('an ELU that turns the sign', 'alpha: -0.3', [[1, 2, 3, 4]]),
  entry('Sigmoid', '')('Sigmoid', '', [[2, 2, 3, 4]]),
  entry('TanH', '')('TanH', '', [[2, 2, 3, 4]]),

  power('a shift and scale', 'scale: 0.5 shift: -3', [[1, 2, 3, 4]]),
  power('a power that does nothing', '', [[1, 2, 3, 4]]),
  power('a square', 'power: 2 scale: 0.5 shift: -1', [[1, 2, 3, 4]]),
  power('a cube', 'power: 3 scale: 0.5', [[1, 2, 3, 4]]),
  power('an inverse root', 'power: -0.5 scale: 0.3 shift: 4', [[1, 2, 3, 4]]),
  power('the power of 0', 'power: 0 scale: 2 shift: 1', [[1, 2, 3, 4]]),
  power('a power without scale', 'power: 3 scale: 0 shift: 2', [[1, 2, 3, 4]]),

  norm('BatchNorm in training', 'eps: 0.001', [[3, 2, 4, 5]]),
  norm('BatchNorm of rows in training', 'moving_average_fraction: 0.9', [[4, 3]]),
  norm('BatchNorm of single values', '', [[1, 2, 1, 1]]),
  norm('BatchNorm outside training', '', [[2, 3, 4, 2]], { training: false }),
  norm('BatchNorm with the stored statistics in training', 'use_global_stats: true', [[2, 3, 4, 2]]),

  scale('Scale', 'bias_term: true', [[2, 3, 4, 5]]),
  scale('a Scale of rows', '', [[3, 4]]),
  scale('a Scale of rows and columns', 'axis: 2 num_axes: -1 bias_term: true', [[2, 3, 4, 5]]),
  scale('a Scale of channels and rows', 'axis: -3 num_axes: 2', [[2, 3, 4, 5]]),
  scale('a Scale by one number', 'num_axes: 0 bias_term: true', [[2, 3, 4, 5]]),
  scale('a Scale by a second bottom', 'axis: 0 bias_term: true', [
    [2, 3, 4, 5],
    [2, 3],
  ]),
  scale('a Scale by a second bottom of rows and columns', 'axis: 2', [
    [2, 3, 4, 5],
    [4, 5],
  ]),
  bias('Bias', '', [[2, 3, 4, 5]]),
  bias('a Bias of the columns', 'axis: -1', [[2, 3, 4, 5]]),
  bias('a Bias by a second bottom', '', [
    [2, 3, 4, 5],
    [3, 4, 5],
  ]),

  eltwise('a sum', '', [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ]),
  eltwise('a sum of three with coefficients', 'coeff: 1 coeff: -0.5 coeff: 2', [
    [2, 3],
    [2, 3],
    [2, 3],
  ]),
  eltwise('a product of three', 'operation: PROD', [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]),
  eltwise('a maximum of three', 'operation: MAX', [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]),

  concat('a join of channels', '', [
    [2, 3, 2, 4],
    [2, 1, 2, 4],
    [2, 2, 2, 4],
  ]),
  concat('a join of rows', 'axis: -2', [
    [1, 2, 3, 4],
    [1, 2, 1, 4],
  ]),
  concat('a join of images', 'axis: 0', [
    [1, 2, 3],
    [2, 2, 3],
  ]),
  concat('a join of vectors', '', [
    [2, 3],
    [2, 4],
  ]),
  slice('a cut in equal parts', '', [[2, 4, 3, 2]], { tops: 2 }),
  slice(
    'a cut of columns, of which one is not read',
    'axis: 3 slice_point: 1 slice_point: 3',
    [[2, 3, 2, 4]],
    {
      tops: 3,
      unread: 1,
    },
  ),
  slice('a cut of vectors', 'axis: -1 slice_point: 2', [[3, 5]], { tops: 2 }),
  entry('Split', '')('Split', '', [[2, 3, 2, 4]], { tops: 3 }),
  entry('Split', '')('a Split of which one top is read', '', [[2, 3]], { tops: 2, unread: 0 }),
  entry('Silence', '')('Silence', '', [[2, 3], [4]], { tops: 0 }),

  crop('a Crop', 'offset: 1 offset: 2', [
    [2, 3, 6, 7],
    [2, 3, 4, 4],
  ]),
  crop('a Crop of channels and all after', 'axis: -3 offset: 1', [
    [2, 4, 5, 6],
    [2, 2, 3, 4],
  ]),
  entry('Flatten', '')('Flatten', '', [[2, 3, 4, 5]]),
  entry('Flatten', 'flatten_param')('a Flatten of two axes', 'axis: -3 end_axis: 2', [[2, 3, 4, 5]]),
  entry('Reshape', 'reshape_param')('Reshape', 'shape { dim: 0 dim: -1 dim: 2 dim: 3 }', [[2, 3, 4, 5]]),
  entry('Reshape', 'reshape_param')('a Reshape of vectors', 'shape { dim: 2 dim: 5 } axis: 1', [[3, 10]]),

  softmax('Softmax', '', [[2, 5, 3, 4]]),
  softmax('a Softmax of rows', '', [[3, 4]]),
  softmax('a Softmax along the columns', 'axis: 2', [[2, 3, 4, 2]]),
  loss('a loss', '', [[2, 3, 4, 5]]),
  loss('a loss with void pixels', 'ignore_label: 255', [[2, 3, 4, 5]]),
  loss('a loss over all pixels', 'ignore_label: 255 normalization: FULL', [[2, 3, 4, 5]]),
  loss('a loss for each image', 'ignore_label: 255 normalization: BATCH_SIZE', [[2, 3, 4, 5]]),
  loss('a summed, weighted loss', 'normalization: NONE } loss_weight: 0.3 softmax_param { axis: 1', [
    [2, 3, 4, 5],
  ]),
  loss('a classifier’s loss', '', [[4, 6]]),
  loss('a loss with class weights', 'ignore_label: 255', [[2, 3, 4, 5]], {
    objective: { classWeights: [0.5, 0, 3] },
  }),
  loss('a summed loss with class weights', 'ignore_label: 255 normalization: NONE', [[2, 3, 4, 5]], {
    objective: { classWeights: [0.5, 2, 3] },
  }),
  loss('a focal loss', 'ignore_label: 255', [[2, 3, 4, 5]], { objective: { gamma: 2 } }),
  loss('a Dice loss', 'ignore_label: 255', [[2, 3, 4, 5]], {
    objective: { crossEntropy: false, dice: true },
  }),
  loss(
    'a summed loss with Dice and class weights',
    'ignore_label: 255 normalization: NONE } loss_weight: 0.5 softmax_param { axis: 1',
    [[2, 3, 4, 5]],
    { objective: { dice: true, classWeights: [1, 2, 0.5] } },
  ),
  loss(
    'a focal loss with Dice along the rows',
    'ignore_label: 255 } softmax_param { axis: 2',
    [[2, 3, 4, 2]],
    {
      objective: { gamma: 0.7, dice: true },
    },
  ),
  loss('a loss along the rows', 'ignore_label: 255 } softmax_param { axis: 2', [[2, 3, 4, 2]]),

  accuracy('Accuracy', '', [[2, 4, 3, 5]]),
  accuracy('an Accuracy among the two best, with void pixels', 'top_k: 2 ignore_label: 255', [[2, 5, 3, 4]]),
  accuracy('a classifier’s accuracy', 'top_k: 3', [[9, 5]]),
];
