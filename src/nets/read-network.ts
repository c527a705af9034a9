// From a prototxt to a NetSpec: field names and defaults are those of Caffe's caffe.proto.
import { AppError } from '../core/errors';
import { parsePrototxt, type PrototxtMessage } from '../formats/prototxt';
import { Fields } from './fields';
import type { Filler, LayerSpec, NetSpec, Pair, ParamSpec } from './spec';

function readFiller(fields: Fields | null): Filler {
  const type = fields?.string('type', 'constant') ?? 'constant';
  const known = ['constant', 'uniform', 'gaussian', 'xavier', 'msra', 'bilinear'] as const;
  const match = known.find((name) => name === type);
  if (!match) {
    throw new AppError(
      'bad-network',
      `Line ${fields!.line}: the filler "${type}" is not known. Use one of ${known.join(', ')}.`,
      {
        line: fields!.line,
      },
    );
  }
  return {
    type: match,
    value: fields?.number('value', 0) ?? 0,
    min: fields?.number('min', 0) ?? 0,
    max: fields?.number('max', 1) ?? 1,
    mean: fields?.number('mean', 0) ?? 0,
    std: fields?.number('std', 1) ?? 1,
    varianceNorm: fields?.word('variance_norm', ['FAN_IN', 'FAN_OUT', 'AVERAGE'], 'FAN_IN') ?? 'FAN_IN',
  };
}

/** kernel_size: 3, kernel_size: 3 kernel_size: 5, or kernel_h: 3 kernel_w: 5. */
function readPair(fields: Fields, name: string, short: string, fallback: number | null): Pair {
  const listed = fields.numbers(name);
  if (listed.length > 2) fields.fail(`${name} is given ${listed.length} times; height and width are two.`);
  const h = fields.number(short + '_h', NaN);
  const w = fields.number(short + '_w', NaN);
  const pair: Pair = listed.length ? [listed[0]!, listed[1] ?? listed[0]!] : [h, w];
  if (pair.some(Number.isNaN)) {
    if (fallback === null) fields.fail(`${name} is missing.`);
    return [Number.isNaN(h) ? fallback : h, Number.isNaN(w) ? fallback : w];
  }
  return pair;
}

function positive(fields: Fields, name: string, pair: Pair, least = 1): Pair {
  if (!pair.every((value) => Number.isInteger(value) && value >= least)) {
    fields.fail(`${name} must be a whole number of at least ${least}, not ${pair.join(', ')}.`);
  }
  return pair;
}

function readConvolution(fields: Fields) {
  const numOutput = fields.number('num_output', 0);
  const group = fields.number('group', 1);
  positive(fields, 'num_output', [numOutput, numOutput]);
  positive(fields, 'group', [group, group]);
  if (numOutput % group) fields.fail(`num_output ${numOutput} cannot be divided among ${group} groups.`);
  const dilation = fields.numbers('dilation');
  return {
    numOutput,
    group,
    kernel: positive(fields, 'kernel_size', readPair(fields, 'kernel_size', 'kernel', null)),
    stride: positive(fields, 'stride', readPair(fields, 'stride', 'stride', 1)),
    pad: positive(fields, 'pad', readPair(fields, 'pad', 'pad', 0), 0),
    dilation: positive(fields, 'dilation', [dilation[0] ?? 1, dilation[1] ?? dilation[0] ?? 1]),
    biasTerm: fields.boolean('bias_term', true),
    weightFiller: readFiller(fields.message('weight_filler')),
    biasFiller: readFiller(fields.message('bias_filler')),
  };
}

function readLoss(layer: Fields) {
  const loss = layer.message('loss_param') ?? layer.empty();
  // `normalize` is the old form: true is VALID, false BATCH_SIZE; `normalization` wins (caffe.proto, LossParameter).
  const old = loss.has('normalize') && !loss.boolean('normalize', true) ? 'BATCH_SIZE' : 'VALID';
  return {
    ignoreLabel: loss.has('ignore_label') ? loss.number('ignore_label', 255) : null,
    normalization: loss.word('normalization', ['VALID', 'FULL', 'BATCH_SIZE', 'NONE'], old),
    lossWeight: layer.number('loss_weight', 1),
  };
}

function readLayer(message: PrototxtMessage): LayerSpec {
  const layer = new Fields(message, 'layer');
  const name = layer.string('name', '');
  const type = layer.string('type', '');
  if (!name) layer.fail('the layer has no name.');
  const params: ParamSpec[] = layer.messages('param').map((param) => ({
    lrMult: param.number('lr_mult', 1),
    decayMult: param.number('decay_mult', 1),
  }));
  const base = {
    name,
    line: layer.line,
    bottoms: layer.strings('bottom'),
    tops: layer.strings('top'),
    params,
  };
  if (base.tops.length !== 1) layer.fail(`layer "${name}" has ${base.tops.length} tops; one is expected.`);
  const bottoms = (count: number) => {
    if (base.bottoms.length !== count) {
      layer.fail(`layer "${name}" (${type}) reads ${base.bottoms.length} blobs; it needs ${count}.`);
    }
  };
  const of = (field: string) => layer.message(field) ?? layer.empty();
  bottoms(type === 'Crop' || type === 'SoftmaxWithLoss' ? 2 : 1);
  switch (type) {
    case 'Convolution':
    case 'Deconvolution':
      return { ...base, type, ...readConvolution(of('convolution_param')) };
    case 'Pooling': {
      const pooling = of('pooling_param');
      return {
        ...base,
        type,
        pool: pooling.word('pool', ['MAX'], 'MAX'),
        kernel: positive(pooling, 'kernel_size', readPair(pooling, 'kernel_size', 'kernel', null)),
        stride: positive(pooling, 'stride', readPair(pooling, 'stride', 'stride', 1)),
        pad: positive(pooling, 'pad', readPair(pooling, 'pad', 'pad', 0), 0),
      };
    }
    case 'LRN': {
      const lrn = of('lrn_param');
      lrn.word('norm_region', ['ACROSS_CHANNELS'], 'ACROSS_CHANNELS');
      const localSize = lrn.number('local_size', 5);
      if (localSize % 2 !== 1) lrn.fail(`local_size must be odd, not ${localSize}.`);
      return {
        ...base,
        type,
        localSize,
        alpha: lrn.number('alpha', 1),
        beta: lrn.number('beta', 0.75),
        k: lrn.number('k', 1),
      };
    }
    case 'ReLU':
      return { ...base, type, negativeSlope: of('relu_param').number('negative_slope', 0) };
    case 'Dropout': {
      const ratio = of('dropout_param').number('dropout_ratio', 0.5);
      if (!(ratio >= 0 && ratio < 1))
        layer.fail(`dropout_ratio must be at least 0 and less than 1, not ${ratio}.`);
      return { ...base, type, ratio };
    }
    case 'Power': {
      const power = of('power_param');
      if (power.number('power', 1) !== 1) power.fail('only power: 1 (scale and shift) is supported.');
      return { ...base, type, power: 1, scale: power.number('scale', 1), shift: power.number('shift', 0) };
    }
    case 'Crop': {
      const crop = of('crop_param');
      return { ...base, type, axis: crop.number('axis', 2), offset: crop.numbers('offset') };
    }
    case 'Softmax':
      return { ...base, type };
    case 'SoftmaxWithLoss':
      return { ...base, type, ...readLoss(layer) };
    default:
      return layer.fail(
        `layer "${name}" has the type "${type}", which Intarsia does not run yet. It runs Convolution, Deconvolution, ` +
          'Pooling (MAX), LRN, ReLU, Dropout, Power, Crop, Softmax and SoftmaxWithLoss.',
      );
  }
}

/**
 * Reads and validates a network.
 * @throws AppError 'bad-network' naming the line.
 */
export function readNetwork(prototxt: string): NetSpec {
  const net = new Fields(parsePrototxt(prototxt), 'network');
  const layers = net.messageValues('layer').map(readLayer);
  if (!layers.length) net.fail('there is no "layer { ... }" in it.');
  const made = new Set<string>();
  const names = new Set<string>();
  const fail = (layer: LayerSpec, why: string) => {
    throw new AppError('bad-network', `Line ${layer.line}: ${why}`, { line: layer.line });
  };
  for (const layer of layers) {
    if (names.has(layer.name)) fail(layer, `there are two layers named "${layer.name}".`);
    names.add(layer.name);
    for (const bottom of layer.bottoms) {
      if (!made.has(bottom) && bottom !== 'data' && bottom !== 'label') {
        fail(layer, `layer "${layer.name}" reads the blob "${bottom}", which no layer before it makes.`);
      }
    }
    for (const top of layer.tops) {
      if (made.has(top) && !layer.bottoms.includes(top)) {
        fail(layer, `layer "${layer.name}" writes the blob "${top}", which another layer made already.`);
      }
      made.add(top);
    }
  }
  return { name: net.string('name', ''), layers };
}
