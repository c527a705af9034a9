// The factors of a convolution's products: the image as its windows see it (never made as a matrix) and the filter.
// Tensors are N x H x W x C, filters KH x KW x I/group x O. A window's position is a row of the product; its taps and channels are the sum.
import type * as tf from '@tensorflow/tfjs';
import { stepsOfTaps } from '../../../nets/plan/split-sums';
import { widthFor } from './program';
import type { Operand } from './tiled-product';

/** An image, the windows that move over it and what they give: a convolution, or the same turned round for its data gradient. */
export interface Windows {
  batch: number;
  /** Height and width of what is read, and of what is written: one window for each of its pixels. */
  image: readonly [number, number];
  out: readonly [number, number];
  filter: readonly [number, number];
  stride: readonly [number, number];
  /** Rows above and columns left of the image; negative where windows begin inside. */
  pad: readonly [number, number];
  dilation: readonly [number, number];
  /** Channels of what is read, of one group; and groups. */
  channels: number;
  groups: number;
  /** Pixels between neighbours of the image in a grid with zeros between: 1, or a data gradient's stride. */
  spread: readonly [number, number];
}

export type ConvInfo = tf.backend_util.Conv2DInfo;

/** Groups are where TensorFlow has them: a filter with fewer input channels than the image. */
export function windowsOf(info: ConvInfo, filterChannels: number): Windows {
  return {
    batch: info.batchSize,
    image: [info.inHeight, info.inWidth],
    out: [info.outHeight, info.outWidth],
    filter: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    pad: [info.padInfo.top, info.padInfo.left],
    dilation: [info.dilationHeight, info.dilationWidth],
    channels: filterChannels,
    groups: info.inChannels / filterChannels,
    spread: [1, 1],
  };
}

/** How the sum over taps and channels is walked: a step is a part of one tap's channels, or of few channels a whole row of taps. */
export interface TapSteps {
  steps: number;
  inner: number;
  /** WGSL: `tap_row`, `tap_column` and the channel `first` at step `t`. */
  step: string;
  /** Whether a step is a row of taps; their channels lie together in the image if there is no dilation and one group. */
  wholeRow: boolean;
}

/** @param walk whether a whole row of taps may be one step. */
export function tapSteps(windows: Windows, walk: 'rows of taps' | 'tap by tap'): TapSteps {
  const { filter, channels } = windows;
  const sum = stepsOfTaps(filter, channels, windows, walk);
  if (sum.wholeRow) return { ...sum, step: 'let tap_row = t; let tap_column = 0; let first = 0;' };
  const chunks = channels / sum.inner;
  const tap = chunks === 1 ? 't' : `(t / ${chunks})`;
  const step = `let tap_row = ${tap} / ${filter[1]}; let tap_column = ${tap} % ${filter[1]};
let first = ${chunks === 1 ? '0' : `(t % ${chunks}) * ${sum.inner}`};`;
  return { ...sum, step };
}

/** Whether a place in the spread grid is one of the image's, and which. */
function gridAxis(id: string, at: string, spread: number, length: number): { code: string; inside: string } {
  if (spread === 1) {
    return { code: `let ${id} = ${at};`, inside: `u32(${id}) < ${length}u` };
  }
  return {
    code: `let ${id}_grid = ${at}; let ${id} = ${id}_grid / ${spread};`,
    inside: `(${id}_grid % ${spread} == 0) & (u32(${id}_grid) < ${length * spread}u)`,
  };
}

/** Rows are window positions (batch, row, column), the sum goes over taps and channels: the image's factor of a forward product. */
export function imageOperand(windows: Windows, { wholeRow }: TapSteps): Operand {
  const { image, out, stride, pad, dilation, channels, groups, spread } = windows;
  const [height, width] = image;
  const all = channels * groups;
  const lanes = wholeRow ? 1 : widthFor(channels);
  const rowLength = width * channels;
  return {
    width: lanes,
    along: 'sum',
    place: (edge, id) => `let ${id}_p = ${edge};
let ${id}_top = (${id}_p / ${out[1]}) % ${out[0]} * ${stride[0]} - ${pad[0]};
let ${id}_left = ${id}_p % ${out[1]} * ${stride[1]} - ${pad[1]};
let ${id}_image = ${id}_p / ${out[0] * out[1]} * ${height};`,
    step: (id) => {
      const y = gridAxis(`${id}_y`, `${id}_top + tap_row * ${dilation[0]}`, spread[0], height);
      if (wholeRow) {
        return `${y.code}
let ${id}_in = ${y.inside};
let ${id}_at = (${id}_image + ${id}_y) * ${rowLength};
let ${id}_from = ${id}_left * ${channels};`;
      }
      const x = gridAxis(`${id}_x`, `${id}_left + tap_column * ${dilation[1]}`, spread[1], width);
      return `${y.code} ${x.code}
let ${id}_in = (${y.inside}) & (${x.inside});
let ${id}_at = ((${id}_image + ${id}_y) * ${width} + ${id}_x) * ${all} + group * ${channels} + first;`;
    },
    load: (k, id) => {
      if (wholeRow) {
        const at = `${id}_from + ${k}`;
        return `select(0, a[${id}_at + ${at}], ${id}_in & (u32(${at}) < ${rowLength}u))`;
      }
      if (lanes === 1) return `select(0, a[${id}_at + ${k}], ${id}_in)`;
      return `select(vec4<f32>(0), a[(${id}_at + ${k}) >> 2u], ${id}_in)`;
    },
  };
}

/** Rows are taps and channels, the sum goes over window positions, a step being one row of windows: the image's factor of a weight gradient. */
export function tapOperand({
  image,
  out,
  filter,
  stride,
  pad,
  dilation,
  channels,
  groups,
}: Windows): Operand {
  const [height, width] = image;
  const all = channels * groups;
  const lanes = widthFor(channels);
  const value = (index: string) => (lanes === 4 ? `a[(${index}) >> 2u]` : `a[${index}]`);
  return {
    width: lanes,
    along: 'edge',
    place: (edge, id) => `let ${id}_e = ${edge};
let ${id}_row = ${id}_e / ${filter[1] * channels} * ${dilation[0]} - ${pad[0]};
let ${id}_column = ${id}_e / ${channels} % ${filter[1]} * ${dilation[1]} - ${pad[1]};
let ${id}_channel = group * ${channels} + ${id}_e % ${channels};`,
    step: (id) => `let ${id}_y = t % ${out[0]} * ${stride[0]} + ${id}_row;
let ${id}_in = u32(${id}_y) < ${height}u;
let ${id}_at = ((t / ${out[0]} * ${height} + ${id}_y) * ${width} + ${id}_column) * ${all} + ${id}_channel;`,
    load: (k, id) => {
      const x = `(${k}) * ${stride[1]} + ${id}_column`;
      const inside = `${id}_in & (u32(${x}) < ${width}u)`;
      return `select(${lanes === 4 ? 'vec4<f32>(0)' : '0'}, ${value(`${id}_at + (${k}) * ${stride[1] * all}`)}, ${inside})`;
    },
  };
}

/** Columns are output channels, the sum goes over taps and the channels of one group: the filter KH x KW x I/group x O as it lies. */
export function filterOperand({ filter, channels, groups }: Windows, outputs: number): Operand {
  const perGroup = outputs / groups;
  const width = widthFor(perGroup);
  return {
    width,
    along: 'edge',
    place: (edge, id) => `let ${id}_base = group * ${perGroup} + ${edge};`,
    step: (id) =>
      `let ${id}_at = ${id}_base + ((tap_row * ${filter[1]} + tap_column) * ${channels} + first) * ${outputs};`,
    load: (k, id) => {
      const at = `${id}_at + (${k}) * ${outputs}`;
      return width === 4 ? `b[(${at}) >> 2u]` : `b[${at}]`;
    },
  };
}

/**
 * The same filter turned by 180 degrees and transposed, for the data gradient: columns are input channels, the sum goes over taps and the
 * output channels of one group.
 * @param windows over the gradient, whose channels are the filter's outputs.
 * @param inputs of one group.
 */
export function turnedFilterOperand({ filter, channels, groups }: Windows, inputs: number): Operand {
  const width = widthFor(channels);
  const outputs = channels * groups;
  const taps = filter[0] * filter[1];
  return {
    width,
    along: 'sum',
    place: (edge, id) => `let ${id}_base = (${edge}) * ${outputs} + group * ${channels};`,
    step: (id) =>
      `let ${id}_at = ${id}_base + (${taps - 1} - tap_row * ${filter[1]} - tap_column) * ${inputs * outputs} + first;`,
    load: (k, id) => (width === 4 ? `b[(${id}_at + ${k}) >> 2u]` : `b[${id}_at + ${k}]`),
  };
}
