// The parameters that several layer types share: fillers, windows, multipliers.
import type { Fields } from './fields';
import type { Filler, ParamSpec, Spatial } from './spec';

const fillers = ['constant', 'uniform', 'gaussian', 'xavier', 'msra', 'bilinear'] as const;
const norms = ['FAN_IN', 'FAN_OUT', 'AVERAGE'] as const;

/** The filler of that name; `value` is what an absent one fills in (0 unless Caffe says otherwise). */
export function readFiller(fields: Fields, name: string, value = 0): Filler {
  const filler = fields.message(name);
  const type = filler?.string('type', 'constant') ?? 'constant';
  const match = fillers.find((known) => known === type);
  if (!match) {
    return filler!.fail(
      type === 'positive_unitball'
        ? 'the filler "positive_unitball" is not supported; use "xavier", which serves the same purpose.'
        : `the filler "${type}" is not known. Use one of ${fillers.join(', ')}.`,
    );
  }
  const sparse = filler?.whole('sparse', -1) ?? -1;
  return {
    type: match,
    value: filler?.number('value', 0) ?? value,
    min: filler?.number('min', 0) ?? 0,
    max: filler?.number('max', 1) ?? 1,
    mean: filler?.number('mean', 0) ?? 0,
    std: filler?.number('std', 1) ?? 1,
    ...(match === 'gaussian' && sparse >= 0 ? { sparse } : {}),
    varianceNorm: filler?.word('variance_norm', norms, norms, 'FAN_IN') ?? 'FAN_IN',
  };
}

/** One number per axis from `name` (once for all, or once an axis), or from short_h and short_w (base_conv_layer.cpp). */
function readSpatial(fields: Fields, name: string, short: string, fallback: number | null): Spatial {
  const listed = fields.numbers(name);
  const separate = fields.has(`${short}_h`) || fields.has(`${short}_w`);
  if (listed.length && separate)
    fields.fail(`give either ${name}, or ${short}_h and ${short}_w, but not both.`);
  if (separate) {
    if (fallback === null && !(fields.has(`${short}_h`) && fields.has(`${short}_w`)))
      fields.fail(`${short}_h and ${short}_w belong together; one is missing.`);
    return [fields.number(`${short}_h`, fallback ?? 0), fields.number(`${short}_w`, fallback ?? 0)];
  }
  if (listed.length > 1) return listed as unknown as Spatial;
  const value = listed[0] ?? fallback ?? fields.fail(`${name} is missing.`);
  return [value, value];
}

function checkWhole(fields: Fields, name: string, values: Spatial, least: number): Spatial {
  if (!values.every((value) => Number.isInteger(value) && value >= least && value <= 65536)) {
    fields.fail(`${name} must be a whole number of at least ${least}, not ${values.join(', ')}.`);
  }
  return values;
}

/** kernel, stride, pad and dilation; all with as many axes as the one that names most. */
export function readWindow(fields: Fields) {
  const kernel = checkWhole(fields, 'kernel_size', readSpatial(fields, 'kernel_size', 'kernel', null), 1);
  const stride = checkWhole(fields, 'stride', readSpatial(fields, 'stride', 'stride', 1), 1);
  const pad = checkWhole(fields, 'pad', readSpatial(fields, 'pad', 'pad', 0), 0);
  const dilation = checkWhole(fields, 'dilation', readSpatial(fields, 'dilation', 'dilation', 1), 1);
  const axes = Math.max(kernel.length, stride.length, pad.length, dilation.length);
  const spread = (name: string, short: string, values: Spatial): Spatial => {
    if (values.length === axes) return values;
    const given = fields.numbers(name).length;
    if (given > 1 || fields.has(`${short}_h`))
      fields.fail(`${name} is given for ${values.length} axes, other fields for ${axes}.`);
    return Array<number>(axes).fill(values[0]) as unknown as Spatial;
  };
  return {
    kernel: spread('kernel_size', 'kernel', kernel),
    stride: spread('stride', 'stride', stride),
    pad: spread('pad', 'pad', pad),
    dilation: spread('dilation', 'dilation', dilation),
  };
}

/** Multipliers and names of a layer's blobs: `param { ... }` today, `blobs_lr`, `weight_decay` and `param: "name"` in the old form. */
export function readParamSpecs(layer: Fields, old: boolean): ParamSpec[] {
  if (!old) {
    return layer.messages('param').map((param) => ({
      lrMult: param.number('lr_mult', 1),
      decayMult: param.number('decay_mult', 1),
      name: param.string('name', '') || null,
    }));
  }
  const rates = layer.numbers('blobs_lr');
  const decays = layer.numbers('weight_decay');
  const names = layer.strings('param');
  const count = Math.max(rates.length, decays.length, names.length);
  return Array.from({ length: count }, (_, i) => ({
    lrMult: rates[i] ?? 1,
    decayMult: decays[i] ?? 1,
    name: names[i] || null,
  }));
}
