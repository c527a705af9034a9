// The Dice loss of upsampled scores (../pixel-loss.ts has the formulas): its sums over all pixels, then its part in the gradient of each.
//
// Tiling: SUMMERS threads a class sum its probabilities over every SUMMERS-th pixel, a thread a class adds them up in order, and a thread a pixel
// takes all classes once more for m. Operations: two exponentials and 4 T C a pixel (T coarse values reach it); bytes: the pixels' records, read by
// each class, mostly from the cache.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { diceClasses, type PixelLossAttrs } from '../pixel-loss';
import { ceilDiv, flat, runProgram, work } from './program';
import { plain, scoreOf, scoreWork, type Inputs, type Shape } from './upsampled-scores';

const SUMMERS = 256;

/** P and I of each class, in SUMMERS parts. */
function partsOf(backend: WebGPUBackend, { scores, weight }: Inputs, pixels: tf.TensorInfo, shape: Shape) {
  const { batch, classes, out } = shape;
  const count = batch * out[0] * out[1];
  const body = `
  if (index >= ${classes * SUMMERS}) { return; }
  let channel = index / ${SUMMERS};
  var all = 0f;
  var hit = 0f;
  for (var i = index % ${SUMMERS}; i < ${count}; i += ${SUMMERS}) {
    let pixel = pixels[i];
    if (pixel.z < 0) { continue; }
    let p = exp(scoreAt(i, channel) - pixel.x);
    all += p;
    if ((i32(pixel.z) & 255) == channel) { hit += p; }
  }
  result[2 * index] = all;
  result[2 * index + 1] = hit;`;
  const program = {
    name: 'UpsampledDiceParts',
    functions: scoreOf(shape),
    body,
    inputs: [plain('scores'), plain('weight'), { name: 'pixels', width: 4 as const }],
    output: { shape: [classes, SUMMERS, 2], width: 1 as const },
    ...flat(classes * SUMMERS, ceilDiv(count, SUMMERS) * (scoreWork(shape) + work(16, 4))),
  };
  return runProgram(backend, program, [scores, weight, pixels]);
}

/** By class: A, B, its part of the loss, and nothing; all times `dice`. */
export function diceOf(
  backend: WebGPUBackend,
  inputs: Inputs,
  pixels: tf.TensorInfo,
  shape: Shape,
  attrs: PixelLossAttrs,
): tf.TensorInfo {
  const { classes } = shape;
  const { truth, share } = diceClasses(attrs, classes);
  const pairs = Float32Array.from(truth.flatMap((count, c) => [count, share[c]!]));
  const known = backend.makeTensorInfo([classes, 2], 'float32', pairs);
  const parts = partsOf(backend, inputs, pixels, shape);
  const body = `
  if (index >= ${classes}) { return; }
  var both = known[2 * index];
  var hit = 0f;
  for (var i = index * ${SUMMERS}; i < (index + 1) * ${SUMMERS}; i++) {
    both += parts[2 * i];
    hit += parts[2 * i + 1];
  }
  let share = known[2 * index + 1] * uniforms.dice;
  let overlap = 2 * hit / both;
  result[index] = vec4(-2 * share / both, share * overlap / both, share * (1 - overlap), 0);`;
  const program = {
    name: 'UpsampledDiceClasses',
    body,
    inputs: [plain('parts'), plain('known')],
    output: { shape: [classes, 4], width: 4 as const },
    uniforms: { dice: attrs.dice },
    ...flat(classes, work(2, 2) * SUMMERS),
  };
  const result = runProgram(backend, program, [parts, known]);
  for (const { dataId } of [known, parts]) backend.disposeData(dataId);
  return result;
}

/** Puts into the records of pixels what the gradient needs besides B: f - m in the place of f, and f - p[y] A[y] in that of the loss. */
export function addDice(
  backend: WebGPUBackend,
  { scores, weight }: Inputs,
  pixels: tf.TensorInfo,
  dice: tf.TensorInfo,
  shape: Shape,
): void {
  const { batch, classes, out } = shape;
  const count = batch * out[0] * out[1];
  const body = `
  if (index >= ${count}) { return; }
  let pixel = result[index];
  if (pixel.z < 0) { return; }
  var own = 0f;
  var mean = 0f;
  for (var c = 0; c < ${classes}; c++) {
    let p = exp(scoreAt(index, c) - pixel.x);
    mean += p * dice[c].y;
    if ((i32(pixel.z) & 255) == c) { own = p * dice[c].x; }
  }
  result[index] = vec4(pixel.x, pixel.w - own, pixel.z, pixel.w - own - mean);`;
  const program = {
    name: 'UpsampledDicePixels',
    functions: scoreOf(shape),
    body,
    inputs: [plain('scores'), plain('weight'), { name: 'dice', width: 4 as const }],
    output: { shape: [batch, ...out, 4], width: 4 as const },
    ...flat(count, classes * (scoreWork(shape) + work(16, 2)) + work(0, 8)),
  };
  runProgram(backend, program, [scores, weight, dice], pixels);
}
