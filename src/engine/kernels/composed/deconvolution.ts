// Deconvolution as a product of small matrices, for backends that run stock kernels only (webgl, webgpu).
// With T = ceil(K / S), output S * b + a is the sum over t < T of input (b - t) times tap (S * t + a): no zero is ever multiplied,
// where the stock gradient kernels would visit all K * K taps (3,969 at K = 63) for each output pixel.
import * as tf from '@tensorflow/tfjs';
import type { Deconv2DAttrs } from '../host/deconvolution';

interface Blocks {
  taps: [number, number];
  /** Height and width of the grid of S x S blocks that the output fills. */
  grid: [number, number];
}

function blocksOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { stride }: Deconv2DAttrs,
): Blocks {
  const taps: [number, number] = [
    Math.ceil(filterShape[2]! / stride[0]),
    Math.ceil(filterShape[3]! / stride[1]),
  ];
  return { taps, grid: [inputShape[1]! + taps[0] - 1, inputShape[2]! + taps[1] - 1] };
}

/** group x (N * grid) x (T * T * I/group): for each block the inputs that reach it. */
function gatherInputs(x: tf.Tensor4D, { taps, grid }: Blocks, group: number): tf.Tensor3D {
  const [n, , , channels] = x.shape;
  const [th, tw] = taps;
  const padded = tf.pad4d(x, [
    [0, 0],
    [th - 1, th - 1],
    [tw - 1, tw - 1],
    [0, 0],
  ]);
  const pixels = n * grid[0] * grid[1];
  const parts: tf.Tensor[] = [];
  for (let t = 0; t < th; t++) {
    for (let u = 0; u < tw; u++) {
      const part = tf.slice4d(padded, [0, th - 1 - t, tw - 1 - u, 0], [n, grid[0], grid[1], channels]);
      parts.push(part.reshape([pixels, group, channels / group]));
    }
  }
  return tf
    .stack(parts, 2)
    .transpose([1, 0, 2, 3])
    .reshape([group, pixels, (th * tw * channels) / group]);
}

/** group x (T * T * I/group) x (O/group * S * S): the taps in the order of gatherInputs, padded with zeros to T * S. */
function gatherTaps(
  weight: tf.Tensor4D,
  { taps: [th, tw] }: Blocks,
  { stride: [sh, sw], group }: Deconv2DAttrs,
): tf.Tensor3D {
  const [inputs, outputs, kh, kw] = weight.shape;
  const padded = tf.pad4d(weight, [
    [0, 0],
    [0, 0],
    [0, th * sh - kh],
    [0, tw * sw - kw],
  ]);
  const split = padded.reshape([inputs * outputs, th, sh, tw, sw]).transpose([0, 1, 3, 2, 4]);
  const perGroup = inputs / group;
  return split
    .reshape([group, perGroup, outputs, th * tw, sh * sw])
    .transpose([0, 3, 1, 2, 4])
    .reshape([group, th * tw * perGroup, outputs * sh * sw]);
}

/** From blocks, group x (N * grid) x (O/group * S * S), to pixels, N x H' x W' x O. */
function toPixels(
  blocks: tf.Tensor,
  n: number,
  outputs: number,
  { grid }: Blocks,
  attrs: Deconv2DAttrs,
): tf.Tensor4D {
  const [sh, sw] = attrs.stride;
  return tf.slice4d(
    blocks
      .reshape([attrs.group, n * grid[0], grid[1], outputs, sh, sw])
      .transpose([1, 4, 2, 5, 0, 3])
      .reshape([n, grid[0] * sh, grid[1] * sw, attrs.group * outputs]),
    [0, attrs.pad[0], attrs.pad[1], 0],
    [n, attrs.outSize[0], attrs.outSize[1], attrs.group * outputs],
  );
}

/** The adjoint of toPixels. */
function toBlocks(dy: tf.Tensor4D, outputs: number, { grid }: Blocks, attrs: Deconv2DAttrs): tf.Tensor3D {
  const [sh, sw] = attrs.stride;
  const [n, h, w] = dy.shape;
  const [ph, pw] = attrs.pad;
  return tf
    .pad4d(dy, [
      [0, 0],
      [ph, grid[0] * sh - h - ph],
      [pw, grid[1] * sw - w - pw],
      [0, 0],
    ])
    .reshape([n * grid[0], sh, grid[1], sw, attrs.group, outputs])
    .transpose([4, 0, 2, 5, 1, 3])
    .reshape([attrs.group, n * grid[0] * grid[1], outputs * sh * sw]);
}

/** WebGPU promises eight buffers to a kernel. AddN takes one for each tensor and one for the sum, and computes nothing where they run out. */
const MOST_SUMMANDS = 7;

function sumOf(parts: tf.Tensor4D[]): tf.Tensor4D {
  if (parts.length === 1) return parts[0]!;
  const sums: tf.Tensor4D[] = [];
  for (let i = 0; i < parts.length; i += MOST_SUMMANDS) sums.push(tf.addN(parts.slice(i, i + MOST_SUMMANDS)));
  return sumOf(sums);
}

/** A kernel may be shorter than a stride's block or its padding cut more than the last block holds; blocks then overhang, never underrun. */
export function deconv2D(x: tf.Tensor4D, weight: tf.Tensor4D, attrs: Deconv2DAttrs): tf.Tensor4D {
  const blocks = blocksOf(x.shape, weight.shape, attrs);
  const product = tf.matMul(gatherInputs(x, blocks, attrs.group), gatherTaps(weight, blocks, attrs));
  return toPixels(product, x.shape[0], weight.shape[1], blocks, attrs);
}

export function deconv2DBackpropInput(
  dy: tf.Tensor4D,
  weight: tf.Tensor4D,
  attrs: Deconv2DAttrs & { inputShape: number[] },
): tf.Tensor4D {
  const [n, h, w, channels] = attrs.inputShape as [number, number, number, number];
  const blocks = blocksOf(attrs.inputShape, weight.shape, attrs);
  const [th, tw] = blocks.taps;
  const [gh, gw] = blocks.grid;
  const { group } = attrs;
  const taps = gatherTaps(weight, blocks, attrs);
  const gathered = tf.matMul(toBlocks(dy, weight.shape[1], blocks, attrs), taps, false, true);
  const byTap = tf.unstack(
    gathered.reshape([group, n * gh * gw, th * tw, channels / group]).transpose([2, 1, 0, 3]),
    0,
  );
  return sumOf(
    byTap.map((part, tap) => {
      const [t, u] = [Math.floor(tap / tw), tap % tw];
      return tf.slice4d(part.reshape([n, gh, gw, channels]), [0, t, u, 0], [n, h, w, channels]);
    }),
  );
}

export function deconv2DBackpropFilter(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  attrs: Deconv2DAttrs & { filterShape: number[] },
): tf.Tensor4D {
  const [inputs, outputs, kh, kw] = attrs.filterShape as [number, number, number, number];
  const blocks = blocksOf(x.shape, attrs.filterShape, attrs);
  const [th, tw] = blocks.taps;
  const [sh, sw] = attrs.stride;
  const { group } = attrs;
  const product = tf.matMul(
    gatherInputs(x, blocks, group),
    toBlocks(dy, outputs, blocks, attrs),
    true,
    false,
  );
  const split = product
    .reshape([group, th * tw, inputs / group, outputs, sh * sw])
    .transpose([0, 2, 3, 1, 4])
    .reshape([inputs * outputs, th, tw, sh, sw])
    .transpose([0, 1, 3, 2, 4])
    .reshape<tf.Tensor4D>([inputs, outputs, th * sh, tw * sw]);
  return tf.slice4d(split, [0, 0, 0, 0], [inputs, outputs, kh, kw]);
}
