// The few numbers that leave the device.
import * as tf from '@tensorflow/tfjs';
import { runningCounter } from './byte-counter';
import { toCaffeOrder } from './layers/axes';

/** Reads a scalar and disposes it. */
export async function readScalar(scalar: tf.Tensor): Promise<number> {
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}

/** Reads a blob in Caffe's order, N x C x H x W, and disposes it. */
export async function readCaffeOrder(tensor: tf.Tensor4D): Promise<Float32Array> {
  const ordered = toCaffeOrder(tensor);
  tensor.dispose();
  // The copy matters where the tensor's memory is the backend's own.
  const values = new Float32Array(await ordered.data<'float32'>());
  ordered.dispose();
  return values;
}

/** The best class of every pixel of scores N x H x W x C, row by row; disposes the scores. */
export function argMax(scores: tf.Tensor4D): Promise<Uint8Array> {
  const best = tf.argMax(scores, 3);
  scores.dispose();
  return readLabels(best);
}

/** Reads class positions and disposes them. */
export async function readLabels(best: tf.Tensor): Promise<Uint8Array> {
  const labels = Uint8Array.from(await best.data());
  best.dispose();
  return labels;
}

/** Scores N x H x W x C scaled bilinearly (pixel centres aligned); disposes the source where it makes a new tensor. */
export function resizeScores(scores: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  if (scores.shape[1] === height && scores.shape[2] === width) return scores;
  const resized = tf.image.resizeBilinear(scores, [height, width], false, true);
  scores.dispose();
  return resized;
}

const channel = typeof MessageChannel === 'undefined' ? null : new MessageChannel();
const waiting: (() => void)[] = [];
if (channel) channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the thread's other messages in: a macrotask, unlike timers neither throttled nor delayed in a hidden tab. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel!.port2.postMessage(null);
  });
}

/** Bytes that the backend holds (byte-counter.ts), and how many tensors there are. */
export function memory(): { bytes: number; tensors: number } {
  return { bytes: runningCounter().bytes, tensors: tf.memory().numTensors };
}
