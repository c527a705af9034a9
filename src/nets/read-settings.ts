// The parameters of the larger layer types.
import { failAt, type Fields } from './fields';
import { crossEntropy } from './objective';
import { readFiller, readWindow } from './read-params';

/** More outputs than any layer of a network for images has, and few enough that shapes stay exact numbers. */
const MOST_OUTPUTS = 1_000_000;

/** What num_output means where it is left out of an InnerProduct: ImageNet's number of classes. */
export const IMPLIED_CLASSES = 1000;

/** num_output; `implied` where it is missing, or an error without one. */
export function readOutputs(fields: Fields, implied?: number): number {
  if (!fields.has('num_output')) return implied ?? fields.fail('num_output is missing.');
  const outputs = fields.whole('num_output', 0, 1);
  if (outputs > MOST_OUTPUTS) fields.fail(`num_output may be ${MOST_OUTPUTS} at most, not ${outputs}.`);
  return outputs;
}

/** Groups must share the outputs evenly; where there were as many as outputs, as in an upsampling of each class, they follow. */
function failGroups(fields: Fields, numOutput: number, group: number): never {
  const { start, end } = fields.all('group').at(-1)!.value;
  const field = fields.all('num_output').at(-1)!;
  const even = Math.ceil(numOutput / group) * group;
  const each = group > 2 && Math.abs(numOutput - group) < group;
  return failAt(
    field,
    `num_output ${numOutput} cannot be divided among ${group} groups. ` +
      (each
        ? `Did you mean as many groups as outputs, so that each class is upsampled by itself?`
        : `Did you mean ${even}?`),
    each
      ? { label: `Write group: ${numOutput}`, edits: [{ start, end, insert: String(numOutput) }] }
      : {
          label: `Write num_output: ${even}`,
          edits: [{ start: field.value.start, end: field.value.end, insert: String(even) }],
        },
  );
}

export function readConvolution(fields: Fields) {
  const numOutput = readOutputs(fields);
  const group = fields.whole('group', 1, 1);
  if (numOutput % group) failGroups(fields, numOutput, group);
  if (fields.whole('axis', 1) !== 1) fields.fail('axis must be 1: channels come before height and width.');
  return {
    numOutput,
    group,
    ...readWindow(fields),
    biasTerm: fields.boolean('bias_term', true),
    weightFiller: readFiller(fields, 'weight_filler'),
    biasFiller: readFiller(fields, 'bias_filler'),
  };
}

export function readPooling(fields: Fields) {
  const pool = fields.word('pool', ['MAX', 'AVE', 'STOCHASTIC'], ['MAX', 'AVE'], 'MAX');
  const rounding = ['CEIL', 'FLOOR'] as const;
  const roundMode = fields.word('round_mode', rounding, rounding, 'CEIL');
  const global = fields.boolean('global_pooling', false);
  if (global) {
    if (fields.has('kernel_size') || fields.has('kernel_h') || fields.has('kernel_w'))
      fields.fail('global pooling takes the whole blob; leave kernel_size out.');
    return { pool, global, roundMode, kernel: [1, 1], stride: [1, 1], pad: [0, 0] } as const;
  }
  const { kernel, stride, pad } = readWindow(fields);
  if (pad.some((value, axis) => value >= kernel[axis]!))
    fields.fail(`pad ${pad.join(', ')} must be smaller than the kernel, which is ${kernel.join(', ')}.`);
  return { pool, global, roundMode, kernel, stride, pad };
}

export function readLrn(fields: Fields) {
  const regions = ['ACROSS_CHANNELS', 'WITHIN_CHANNEL'] as const;
  const localSize = fields.whole('local_size', 5, 1);
  if (localSize % 2 !== 1) fields.fail(`local_size must be odd, not ${localSize}.`);
  return {
    region: fields.word('norm_region', regions, regions, 'ACROSS_CHANNELS'),
    localSize,
    alpha: fields.number('alpha', 1),
    beta: fields.number('beta', 0.75),
    k: fields.number('k', 1),
  };
}

export function readLoss(layer: Fields) {
  const loss = layer.of('loss_param');
  // `normalize` is the old form: true is VALID, false BATCH_SIZE; `normalization` wins (loss_layer.cpp).
  const old = loss.has('normalize') && !loss.boolean('normalize', true) ? 'BATCH_SIZE' : 'VALID';
  const modes = ['FULL', 'VALID', 'BATCH_SIZE', 'NONE'] as const;
  return {
    ignoreLabel: loss.has('ignore_label') ? loss.number('ignore_label', 255) : null,
    normalization: loss.word('normalization', modes, modes, old),
    lossWeight: layer.number('loss_weight', 1),
    objective: crossEntropy,
  };
}
