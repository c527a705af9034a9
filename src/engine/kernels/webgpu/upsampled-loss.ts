// UpsampledLoss: coarse scores, upsampled by a deconvolution with a kernel per class, cropped, under a softmax loss (Caffe, deconv_layer.cpp,
// crop_layer.cpp, softmax_loss_layer.cpp), without the upsampled scores or their gradient in memory. ../pixel-loss.ts has the loss's formulas.
//
//   dx[q, c] = sum over p that q reaches of ds[p, c] * w[c, p - q],  ds[p, c] = f (exp(s[p, c] - logsum[p]) - [c = label])
//
// Tiling: first one thread a pixel keeps its log-sum, its loss, its best class with its label, and f (16 bytes) in place of C scores; one workgroup
// sums the losses; then each thread of the gradient takes a coarse value and some rows of the pixels that it reaches, whose scores of its one class
// it computes again, and partial-sums.ts adds the parts, always in the same order.
//
// Operations, with T = (K / stride)^2 (at most 4 for a bilinear kernel): 2 T C and an exponential for each score of the first pass, T times
// as much for the gradient. Bytes: 16 a pixel written once and read T times by each class, mostly from the cache, and the coarse scores.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { UpsampledLossAttrs } from '../host/upsampled-loss';
import { NEAR_CERTAIN } from '../pixel-loss';
import type { WebgpuKernel } from './kernel';
import { addPartialSums } from './partial-sums';
import { ceilDiv, flat, runProgram, work } from './program';
import { addDice, diceOf } from './upsampled-dice';
import { plain, scoreOf, scoreWork, type Inputs, type Shape } from './upsampled-scores';

/** Threads that sum the losses, and pixels of a coarse value's window to a thread of the gradient, about. */
const SUMMERS = 256;
const PIXELS_A_THREAD = 128;

/** WGSL: the focal loss's part in a pixel's loss and in its `factor`. */
const focal = (gamma: number) => `
  let q = others / all;
  let series = 1 + q * (0.5 + q * (${1 / 3} + q * 0.25));
  let r = select(loss / q, series, q < ${NEAR_CERTAIN});
  let focus = pow(q, ${gamma});
  factor *= focus * (1 + ${gamma} * r * exp(own - most) / all);
  loss *= focus;`;

/**
 * By pixel: log-sum, loss (not scaled), best class * 256 + label (-1 - best class where it does not count), and f.
 * @param classWeights by class; null for 1 each.
 */
function pixelsOf(
  backend: WebGPUBackend,
  { scores, weight }: Inputs,
  labels: tf.TensorInfo,
  classWeights: tf.TensorInfo | null,
  shape: Shape,
  { ignoreLabel, scale, gamma }: UpsampledLossAttrs,
): tf.TensorInfo {
  const { batch, classes, out } = shape;
  const count = batch * out[0] * out[1];
  const body = `
  if (index >= ${count}) { return; }
  let label = (labels[index / 4] >> u32(index % 4 * 8)) & 255;
  let counts = label != ${ignoreLabel ?? -1};
  var most = scoreAt(index, 0);
  var best = 0;
  var own = select(-3e38f, most, label == 0);
  var others = select(exp(most - most), 0, label == 0);
  for (var c = 1; c < ${classes}; c++) {
    let value = scoreAt(index, c);
    if (value > most) {
      others *= exp(most - value);
      most = value;
      best = c;
    }
    if (c == label) { own = value; } else { others += exp(value - most); }
  }
  let all = others + exp(own - most);
  let logsum = most + log(all);
  var loss = logsum - own;
  var factor = uniforms.scale;
  ${gamma ? focal(gamma) : ''}
  ${classWeights ? `let ofClass = classWeights[min(label, ${classes - 1})]; loss *= ofClass; factor *= ofClass;` : ''}
  let key = select(-1 - best, best * 256 + label, counts);
  result[index] = vec4(logsum, select(0, loss, counts), f32(key), select(0, factor, counts));`;
  const inputs = [scores, weight, labels, ...(classWeights ? [classWeights] : [])];
  const program = {
    name: 'UpsampledLossPixels',
    functions: scoreOf(shape),
    body,
    inputs: ['scores', 'weight', 'labels', 'classWeights'].slice(0, inputs.length).map(plain),
    output: { shape: [batch, ...out, 4], width: 4 as const },
    uniforms: { scale },
    ...flat(count, classes * (scoreWork(shape) + 16) + work(gamma ? 32 : 0, 6)),
  };
  return runProgram(backend, program, inputs);
}

/** The sum of all pixels' losses, times `scale`, and of all classes' with Dice. */
function sumLosses(
  backend: WebGPUBackend,
  pixels: tf.TensorInfo,
  dice: tf.TensorInfo | null,
  count: number,
  scale: number,
) {
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
  sum *= uniforms.scale;
  ${dice ? `for (var c = 0; c < ${dice.shape[0]!}; c++) { sum += dice[c].z; }` : ''}
  result[0] = sum;`,
      inputs: [plain('partial'), ...(dice ? [{ name: 'dice', width: 4 as const }] : [])],
      output: { shape: [1], width: 1 },
      uniforms: { scale },
      ...flat(1, work(1, 1) * (SUMMERS + (dice?.shape[0] ?? 0))),
    },
    dice ? [partial, dice] : [partial],
  );
  backend.disposeData(partial.dataId);
  return { ...loss, shape: [] };
}

function gradientOf(
  backend: WebGPUBackend,
  { scores, weight }: Inputs,
  pixels: tf.TensorInfo,
  dice: tf.TensorInfo | null,
  shape: Shape,
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
  let ofClass = ${dice ? 'dice[channel].y' : '0f'};
  let part = index / ${size};
  let firstRow = max(top + part * ${rowsAThread}, ${pad[0]});
  let endRow = min(top + min((part + 1) * ${rowsAThread}, ${kernel[0]}), ${out[0] + pad[0]});
  let firstColumn = max(left, ${pad[1]});
  let endColumn = min(left + ${kernel[1]}, ${out[1] + pad[1]});
  var sum = 0f;
  for (var row = firstRow; row < endRow; row++) {
    for (var column = firstColumn; column < endColumn; column++) {
      let pixel = pixels[(image * ${out[0]} + row - ${pad[0]}) * ${out[1]} + column - ${pad[1]}];
      if (pixel.z < 0) { continue; }
      let probability = exp(score(image, row, column, channel) - pixel.x);
      let tap = (channel * ${kernel[0]} + row - top) * ${kernel[1]} + column - left;
      let own = select(0f, ${dice ? 'pixel.y' : 'pixel.w'}, (i32(pixel.z) & 255) == channel);
      sum += (probability * (pixel.w + ofClass) - own) * weight[tap];
    }
  }
  result[index] = sum;`;
  const program = {
    name: 'UpsampledLossGradient',
    functions: scoreOf(shape),
    body,
    inputs: [
      ...['scores', 'weight'].map(plain),
      ...['pixels', ...(dice ? ['dice'] : [])].map((name) => ({ name, width: 4 as const })),
    ],
    output: { shape: [parts, ...scores.shape], width: 1 as const },
    ...flat(parts * size, rowsAThread * kernel[1] * (scoreWork(shape) + work(24, 5))),
  };
  const partial = runProgram(backend, program, [scores, weight, pixels, ...(dice ? [dice] : [])]);
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
      body: `if (index < ${count}) { let key = i32(pixels[index].z); result[index] = select(key >> 8, -1 - key, key < 0); }`,
      inputs: [{ name: 'pixels', width: 4 }],
      output: { shape, width: 1, dtype: 'int32' },
      ...flat(count, work(1, 5)),
    },
    [pixels],
  );
}

/** As the host's kernel of this name: scores and weight give [loss, gradient] and with `predict` the predictions. */
function run(backend: WebGPUBackend, inputs: Inputs, attrs: UpsampledLossAttrs): tf.TensorInfo[] {
  const { labels, scale, classWeights, stride, pad, outSize, predict } = attrs;
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
  const packed = upload(backend, labels);
  const weights =
    classWeights && backend.makeTensorInfo([classes], 'float32', Float32Array.from(classWeights));
  const pixels = pixelsOf(backend, inputs, packed, weights, shape, attrs);
  const dice = attrs.dice ? diceOf(backend, inputs, pixels, shape, attrs) : null;
  const loss = sumLosses(backend, pixels, dice, labels.length, scale);
  if (dice) addDice(backend, inputs, pixels, dice, shape);
  const outputs = [loss, gradientOf(backend, inputs, pixels, dice, shape)];
  if (predict) outputs.push(predictionsOf(backend, pixels, [batch, ...outSize]));
  for (const made of [packed, pixels, weights, dice]) if (made) backend.disposeData(made.dataId);
  return outputs;
}

export const upsampledLoss: WebgpuKernel = { name: 'UpsampledLoss', run, chosen: 'everywhere' };
