// UpsampledLoss: coarse scores, upsampled by a deconvolution with a kernel per class, cropped, under a softmax loss (Caffe, deconv_layer.cpp,
// crop_layer.cpp, softmax_loss_layer.cpp), without the upsampled scores or their gradient in memory.
//
//   s[p, c] = sum over coarse q that reach p of x[q, c] * w[c, p - q]
//   loss    = scale * sum over p of (log sum over c of exp s[p, c] - s[p, label])
//   dx[q, c] = scale * sum over p that q reaches of (exp(s[p, c] - logsum[p]) - [c = label]) * w[c, p - q]
//
// Tiling: first one thread a pixel keeps its log-sum, its loss, its best class and its label (16 bytes) in place of C scores; one workgroup sums
// the losses; then each thread of the gradient takes a coarse value and some rows of the pixels that it reaches, whose scores of its one class
// it computes again, and partial-sums.ts adds the parts, always in the same order.
//
// Operations, with T = (K / stride)^2 (at most 4 for a bilinear kernel): 2 T C and an exponential for each score of the first pass, T times
// as much for the gradient. Bytes: 16 a pixel written once and read T times by each class, mostly from the cache, and the coarse scores.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { UpsampledLossAttrs } from '../host/upsampled-loss';
import type { WebgpuKernel } from './kernel';
import { addPartialSums } from './partial-sums';
import { ceilDiv, flat, runProgram, work } from './program';
import { reaching } from './reaching';

interface Inputs {
  scores: tf.TensorInfo;
  weight: tf.TensorInfo;
}

interface Shape {
  batch: number;
  coarse: [height: number, width: number];
  classes: number;
  kernel: [height: number, width: number];
  stride: readonly [number, number];
  pad: readonly [number, number];
  out: readonly [height: number, width: number];
}

/** Threads that sum the losses, and pixels of a coarse value's window to a thread of the gradient, about. */
const SUMMERS = 256;
const PIXELS_A_THREAD = 128;

const plain = (name: string) => ({ name, width: 1 as const });

/** WGSL: a function `score` of image, place and class. */
function scoreOf({ coarse, classes, kernel, stride }: Shape): string {
  const [firstRow, lastRow] = reaching('row', coarse[0], kernel[0], stride[0]);
  const [firstColumn, lastColumn] = reaching('column', coarse[1], kernel[1], stride[1]);
  return `
fn score(image : i32, row : i32, column : i32, channel : i32) -> f32 {
  var sum = 0f;
  for (var h = ${firstRow}; h <= ${lastRow}; h++) {
    for (var w = ${firstColumn}; w <= ${lastColumn}; w++) {
      let tap = (channel * ${kernel[0]} + row - h * ${stride[0]}) * ${kernel[1]} + column - w * ${stride[1]};
      sum += scores[((image * ${coarse[0]} + h) * ${coarse[1]} + w) * ${classes} + channel] * weight[tap];
    }
  }
  return sum;
}`;
}

/** What a call of `score` does, see `work`. */
function scoreWork({ coarse, kernel, stride }: Shape): number {
  const taps = [0, 1].map((axis) => Math.min(coarse[axis]!, ceilDiv(kernel[axis]!, stride[axis]!)));
  return work(8, 2) * taps[0]! * taps[1]!;
}

/** By pixel: log-sum, loss, best class, label (-1 where it does not count). */
function pixelsOf(
  backend: WebGPUBackend,
  { scores, weight }: Inputs,
  labels: tf.TensorInfo,
  shape: Shape,
  ignoreLabel: number | null,
): tf.TensorInfo {
  const { batch, classes, out, pad } = shape;
  const count = batch * out[0] * out[1];
  const body = `
  if (index >= ${count}) { return; }
  let column = index % ${out[1]} + ${pad[1]};
  let row = index / ${out[1]} % ${out[0]} + ${pad[0]};
  let image = index / ${out[0] * out[1]};
  let label = (labels[index / 4] >> u32(index % 4 * 8)) & 255;
  let counts = label != ${ignoreLabel ?? -1};
  var most = score(image, row, column, 0);
  var best = 0;
  var own = select(0, most, label == 0);
  var sum = exp(most - most);
  for (var c = 1; c < ${classes}; c++) {
    let value = score(image, row, column, c);
    if (label == c) { own = value; }
    if (value > most) {
      sum = sum * exp(most - value) + 1;
      most = value;
      best = c;
    } else {
      sum += exp(value - most);
    }
  }
  let logsum = most + log(sum);
  result[index] = vec4(logsum, select(0, logsum - own, counts), f32(best), f32(select(-1, label, counts)));`;
  const program = {
    name: 'UpsampledLossPixels',
    functions: scoreOf(shape),
    body,
    inputs: ['scores', 'weight', 'labels'].map(plain),
    output: { shape: [batch, ...out, 4], width: 4 as const },
    ...flat(count, classes * (scoreWork(shape) + 16) + work(0, 5)),
  };
  return runProgram(backend, program, [scores, weight, labels]);
}

/** The sum of all pixels' losses, times `scale`. */
function sumLosses(backend: WebGPUBackend, pixels: tf.TensorInfo, count: number, scale: number) {
  const partial = runProgram(
    backend,
    {
      name: 'UpsampledLossParts',
      body: `
  if (index >= ${SUMMERS}) { return; }
  var sum = 0f;
  for (var i = index; i < ${count}; i += ${SUMMERS}) { sum += pixels[i].y; }
  result[index] = sum;`,
      inputs: [{ name: 'pixels', width: 4 }],
      output: { shape: [SUMMERS], width: 1 },
      ...flat(SUMMERS, work(1, 4) * ceilDiv(count, SUMMERS)),
    },
    [pixels],
  );
  const loss = runProgram(
    backend,
    {
      name: 'UpsampledLossSum',
      body: `
  if (index > 0) { return; }
  var sum = 0f;
  for (var i = 0; i < ${SUMMERS}; i++) { sum += partial[i]; }
  result[0] = sum * uniforms.scale;`,
      inputs: [plain('partial')],
      output: { shape: [1], width: 1 },
      uniforms: { scale },
      ...flat(1, work(1, 1) * SUMMERS),
    },
    [partial],
  );
  backend.disposeData(partial.dataId);
  return { ...loss, shape: [] };
}

function gradientOf(
  backend: WebGPUBackend,
  { scores, weight }: Inputs,
  pixels: tf.TensorInfo,
  shape: Shape,
  scale: number,
): tf.TensorInfo {
  const { batch, coarse, classes, kernel, stride, pad, out } = shape;
  const size = batch * coarse[0] * coarse[1] * classes;
  const rowsAThread = Math.max(1, Math.floor(PIXELS_A_THREAD / kernel[1]));
  const parts = ceilDiv(kernel[0], rowsAThread);
  const body = `
  if (index >= ${parts * size}) { return; }
  let channel = index % ${classes};
  let left = index / ${classes} % ${coarse[1]} * ${stride[1]};
  let top = index / ${classes * coarse[1]} % ${coarse[0]} * ${stride[0]};
  let image = index / ${classes * coarse[0] * coarse[1]} % ${batch};
  let part = index / ${size};
  let firstRow = max(top + part * ${rowsAThread}, ${pad[0]});
  let endRow = min(top + min((part + 1) * ${rowsAThread}, ${kernel[0]}), ${out[0] + pad[0]});
  let firstColumn = max(left, ${pad[1]});
  let endColumn = min(left + ${kernel[1]}, ${out[1] + pad[1]});
  var sum = 0f;
  for (var row = firstRow; row < endRow; row++) {
    for (var column = firstColumn; column < endColumn; column++) {
      let pixel = pixels[(image * ${out[0]} + row - ${pad[0]}) * ${out[1]} + column - ${pad[1]}];
      if (pixel.w < 0) { continue; }
      let probability = exp(score(image, row, column, channel) - pixel.x);
      let tap = (channel * ${kernel[0]} + row - top) * ${kernel[1]} + column - left;
      sum += (probability - select(0f, 1f, i32(pixel.w) == channel)) * weight[tap];
    }
  }
  result[index] = sum * uniforms.scale;`;
  const program = {
    name: 'UpsampledLossGradient',
    functions: scoreOf(shape),
    body,
    inputs: [plain('scores'), plain('weight'), { name: 'pixels', width: 4 as const }],
    output: { shape: [parts, ...scores.shape], width: 1 as const },
    uniforms: { scale },
    ...flat(parts * size, rowsAThread * kernel[1] * (scoreWork(shape) + work(24, 5))),
  };
  const partial = runProgram(backend, program, [scores, weight, pixels]);
  const gradient = addPartialSums(backend, partial, scores.shape);
  backend.disposeData(partial.dataId);
  return gradient;
}

/** One byte a pixel, four to a number. */
function upload(backend: WebGPUBackend, labels: Uint8Array): tf.TensorInfo {
  const padded = new Uint8Array(ceilDiv(labels.length, 4) * 4);
  padded.set(labels);
  const values = new Int32Array(padded.buffer);
  return backend.makeTensorInfo([values.length], 'int32', values);
}

function predictionsOf(backend: WebGPUBackend, pixels: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  const count = shape.reduce((a, b) => a * b, 1);
  return runProgram(
    backend,
    {
      name: 'UpsampledLossPredictions',
      body: `if (index < ${count}) { result[index] = i32(pixels[index].z); }`,
      inputs: [{ name: 'pixels', width: 4 }],
      output: { shape, width: 1, dtype: 'int32' },
      ...flat(count, work(1, 5)),
    },
    [pixels],
  );
}

/** As the host's kernel of this name: scores and weight give [loss, gradient] and with `predict` the predictions. */
function run(backend: WebGPUBackend, inputs: Inputs, attrs: UpsampledLossAttrs): tf.TensorInfo[] {
  const { labels, ignoreLabel, normalizer, stride, pad, outSize, predict } = attrs;
  const [batch, height, width, classes] = inputs.scores.shape as [number, number, number, number];
  const [kh, kw] = inputs.weight.shape.slice(2) as [number, number];
  const shape: Shape = {
    batch,
    coarse: [height, width],
    classes,
    kernel: [kh, kw],
    stride,
    pad,
    out: outSize,
  };
  const scale = 1 / normalizer;
  const packed = upload(backend, labels);
  const pixels = pixelsOf(backend, inputs, packed, shape, ignoreLabel);
  const outputs = [
    sumLosses(backend, pixels, labels.length, scale),
    gradientOf(backend, inputs, pixels, shape, scale),
  ];
  if (predict) outputs.push(predictionsOf(backend, pixels, [batch, ...outSize]));
  for (const { dataId } of [packed, pixels]) backend.disposeData(dataId);
  return outputs;
}

export const upsampledLoss: WebgpuKernel = { name: 'UpsampledLoss', run, chosen: 'everywhere' };
