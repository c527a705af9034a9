// One layer of a prototxt as a LayerSpec: field names and defaults are those of Caffe's caffe.proto.
import { nearest } from './check-fields';
import { failAt, writeInstead, type Fields } from './fields';
import { readFiller, readParamSpecs } from './read-params';
import {
  IMPLIED_CLASSES,
  readConvolution,
  readLoss,
  readLrn,
  readOutputs,
  readPooling,
} from './read-settings';
import { dataLayerTypes, layerTypes, oldLayerTypes } from './schema';
import type { LayerSpec } from './spec';

type Base = Pick<LayerSpec, 'name' | 'line' | 'bottoms' | 'tops' | 'params' | 'propagateDown'>;

/** The parts that every layer has, in either form of the language. */
export interface LayerEntry {
  name: string;
  type: string;
  fields: Fields;
  /** Written as `layers { type: CONVOLUTION }`. */
  old: boolean;
}

/** @throws AppError 'bad-network' where a layer has no name or no type. */
export function layerEntry(fields: Fields, old: boolean): LayerEntry {
  const name = fields.string('name', '');
  if (!name) fields.fail('the layer has no name. Add one: name: "conv1".');
  if (!old) {
    const type = fields.string('type', '');
    if (!type) fields.fail(`layer "${name}" has no type. Add one: type: "Convolution".`);
    return { name, type, fields, old };
  }
  if (fields.has('layer')) fields.fail('this is the oldest form of the language, with a layer in "layers".');
  const known = Object.keys(oldLayerTypes);
  const word = fields.word('type', [], known, 'NONE');
  const type = oldLayerTypes[word];
  if (!type) fields.fail(`layer "${name}" has no type. Add one: type: CONVOLUTION.`);
  return { name, type, fields, old };
}

/** Whether a layer only brings data in. A Python layer without bottoms is one, as in Berkeley's networks. */
export function isDataLayer({ type, fields }: LayerEntry): boolean {
  return dataLayerTypes.includes(type) || (type === 'Python' && !fields.has('bottom'));
}

/** Ends a message about a type that is not run; a list that need not be read twice. */
export const runs = `It runs ${Object.keys(layerTypes).join(', ')}.`;

/** What to write in the place of types that forks of Caffe have. */
const typeHints: Readonly<Record<string, string>> = {
  BN: "SegNet's BN is close to a BatchNorm layer with a Scale layer behind it.",
  DenseImageData: 'It brings images and labels in; an Input layer with the same tops does as well.',
  Upsample: 'It undoes a pooling by its mask; a Deconvolution enlarges without one.',
};

/** How many bottoms and tops a type takes; [least, most]. One number means exactly that many. */
const arity: Record<LayerSpec['type'], { bottoms: [number, number]; tops: [number, number] }> = {
  Convolution: { bottoms: [1, Infinity], tops: [1, Infinity] },
  Deconvolution: { bottoms: [1, Infinity], tops: [1, Infinity] },
  InnerProduct: { bottoms: [1, 1], tops: [1, 1] },
  Pooling: { bottoms: [1, 1], tops: [1, 1] },
  LRN: { bottoms: [1, 1], tops: [1, 1] },
  ReLU: { bottoms: [1, 1], tops: [1, 1] },
  PReLU: { bottoms: [1, 1], tops: [1, 1] },
  ELU: { bottoms: [1, 1], tops: [1, 1] },
  Sigmoid: { bottoms: [1, 1], tops: [1, 1] },
  TanH: { bottoms: [1, 1], tops: [1, 1] },
  Dropout: { bottoms: [1, 1], tops: [1, 1] },
  BatchNorm: { bottoms: [1, 1], tops: [1, 1] },
  Scale: { bottoms: [1, 2], tops: [1, 1] },
  Bias: { bottoms: [1, 2], tops: [1, 1] },
  Eltwise: { bottoms: [2, Infinity], tops: [1, 1] },
  Concat: { bottoms: [1, Infinity], tops: [1, 1] },
  Slice: { bottoms: [1, 1], tops: [1, Infinity] },
  Split: { bottoms: [1, 1], tops: [1, Infinity] },
  Power: { bottoms: [1, 1], tops: [1, 1] },
  Crop: { bottoms: [2, 2], tops: [1, 1] },
  Flatten: { bottoms: [1, 1], tops: [1, 1] },
  Reshape: { bottoms: [1, 1], tops: [1, 1] },
  Silence: { bottoms: [1, Infinity], tops: [0, 0] },
  Softmax: { bottoms: [1, 1], tops: [1, 1] },
  SoftmaxWithLoss: { bottoms: [2, 2], tops: [0, 1] },
  Accuracy: { bottoms: [2, 2], tops: [0, 1] },
};

function checkArity({ fields }: LayerEntry, type: LayerSpec['type'], { name, bottoms, tops }: Base): void {
  const check = (what: string, found: number, [least, most]: [number, number]) => {
    if (found >= least && found <= most) return;
    const wanted =
      least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} or ${most}`;
    const counted = `${found} ${found === 1 ? what.slice(0, -1) : what}`;
    fields.fail(`layer "${name}" (${type}) has ${counted}; it takes ${wanted}.`);
  };
  check('bottoms', bottoms.length, arity[type].bottoms);
  check('tops', tops.length, arity[type].tops);
  if ((type === 'Convolution' || type === 'Deconvolution') && bottoms.length !== tops.length) {
    fields.fail(
      `layer "${name}" has ${bottoms.length} bottoms and ${tops.length} tops; each bottom needs its own top.`,
    );
  }
}

const isKnown = (type: string): type is LayerSpec['type'] => Object.hasOwn(arity, type);

/** @throws AppError 'bad-network' naming the layer and the line. */
export function readLayer(entry: LayerEntry): LayerSpec {
  const { name, type, fields, old } = entry;
  if (!isKnown(type)) {
    const field = fields.all('type').at(-1)!;
    const meant = old ? undefined : nearest(type, Object.keys(layerTypes));
    const said = `layer "${name}" has the type "${type}", which Intarsia does not run. `;
    return meant === undefined
      ? fields.fail(`${said}${typeHints[type] ?? runs}`, field)
      : failAt(field, `${said}Did you mean "${meant}"?`, writeInstead(field.value, meant));
  }
  const base: Base = {
    name,
    line: fields.place.line,
    bottoms: fields.strings('bottom'),
    tops: fields.strings('top'),
    params: readParamSpecs(fields, old),
    propagateDown: fields.booleans('propagate_down'),
  };
  checkArity(entry, type, base);
  if (type !== 'SoftmaxWithLoss' && fields.numbers('loss_weight').some((weight) => weight !== 0)) {
    fields.fail(
      `layer "${name}" (${type}) has a loss_weight; only SoftmaxWithLoss is a loss here. Leave it out.`,
    );
  }
  return readParameters(type, base, fields);
}

function readParameters(type: LayerSpec['type'], base: Base, layer: Fields): LayerSpec {
  const field = layerTypes[type];
  const own = field ? layer.of(field) : layer;
  switch (type) {
    case 'Convolution':
    case 'Deconvolution':
      return { ...base, type, ...readConvolution(own) };
    case 'InnerProduct':
      return {
        ...base,
        type,
        numOutput: readOutputs(own, IMPLIED_CLASSES),
        axis: own.whole('axis', 1),
        transpose: own.boolean('transpose', false),
        biasTerm: own.boolean('bias_term', true),
        weightFiller: readFiller(own, 'weight_filler'),
        biasFiller: readFiller(own, 'bias_filler'),
      };
    case 'Pooling':
      return { ...base, type, ...readPooling(own) };
    case 'LRN':
      return { ...base, type, ...readLrn(own) };
    case 'ReLU':
      return { ...base, type, negativeSlope: own.number('negative_slope', 0) };
    case 'PReLU':
      return {
        ...base,
        type,
        channelShared: own.boolean('channel_shared', false),
        filler: readFiller(own, 'filler', 0.25),
      };
    case 'ELU':
      return { ...base, type, alpha: own.number('alpha', 1) };
    case 'Dropout': {
      const ratio = own.number('dropout_ratio', 0.5);
      if (!(ratio >= 0 && ratio < 1))
        own.fail(`dropout_ratio must be at least 0 and less than 1, not ${ratio}.`);
      return { ...base, type, ratio };
    }
    case 'BatchNorm':
      return {
        ...base,
        type,
        // The solver never moves statistics, whatever the file says (batch_norm_layer.cpp).
        params: [0, 1, 2].map((i) => ({ lrMult: 0, decayMult: 0, name: base.params[i]?.name ?? null })),
        useGlobalStats: own.has('use_global_stats') ? own.boolean('use_global_stats', false) : null,
        movingAverageFraction: own.number('moving_average_fraction', 0.999),
        eps: own.number('eps', 1e-5),
      };
    case 'Scale':
      return {
        ...base,
        type,
        axis: own.whole('axis', 1),
        numAxes: own.whole('num_axes', 1, -1),
        biasTerm: own.boolean('bias_term', false),
        filler: readFiller(own, 'filler', own.has('filler') ? 0 : 1),
        biasFiller: readFiller(own, 'bias_filler'),
      };
    case 'Bias':
      return {
        ...base,
        type,
        axis: own.whole('axis', 1),
        numAxes: own.whole('num_axes', 1, -1),
        filler: readFiller(own, 'filler'),
      };
    case 'Eltwise': {
      const operations = ['PROD', 'SUM', 'MAX'] as const;
      const operation = own.word('operation', operations, operations, 'SUM');
      const coefficients = own.numbers('coeff');
      if (coefficients.length && coefficients.length !== base.bottoms.length)
        own.fail(
          `there are ${coefficients.length} coeff for ${base.bottoms.length} bottoms; each needs one.`,
        );
      if (coefficients.length && operation !== 'SUM') own.fail(`coeff goes with SUM, not with ${operation}.`);
      return { ...base, type, operation, coefficients };
    }
    case 'Concat':
      return { ...base, type, axis: own.whole(own.has('concat_dim') ? 'concat_dim' : 'axis', 1) };
    case 'Slice':
      return {
        ...base,
        type,
        axis: own.whole(own.has('slice_dim') ? 'slice_dim' : 'axis', 1),
        slicePoints: own.numbers('slice_point'),
      };
    case 'Power':
      return {
        ...base,
        type,
        power: own.number('power', 1),
        scale: own.number('scale', 1),
        shift: own.number('shift', 0),
      };
    case 'Crop': {
      const offset = own.numbers('offset');
      if (!offset.every((value) => Number.isInteger(value) && value >= 0))
        own.fail(`offset must be whole numbers of at least 0, not ${offset.join(', ')}.`);
      return { ...base, type, axis: own.whole('axis', 2), offset };
    }
    case 'Flatten':
      return { ...base, type, axis: own.whole('axis', 1), endAxis: own.whole('end_axis', -1) };
    case 'Reshape':
      return {
        ...base,
        type,
        dims: own.of('shape').numbers('dim'),
        axis: own.whole('axis', 0),
        numAxes: own.whole('num_axes', -1, -1),
      };
    case 'Softmax':
      return { ...base, type, axis: own.whole('axis', 1) };
    case 'SoftmaxWithLoss':
      return { ...base, type, axis: layer.of('softmax_param').whole('axis', 1), ...readLoss(layer) };
    case 'Accuracy':
      return {
        ...base,
        type,
        axis: own.whole('axis', 1),
        topK: own.whole('top_k', 1, 1),
        ignoreLabel: own.has('ignore_label') ? own.number('ignore_label', 255) : null,
      };
    case 'Sigmoid':
    case 'TanH':
    case 'Split':
    case 'Silence':
      return { ...base, type };
  }
}
