// Local response normalization across channels and its gradient on wasm: for each value one window of squares, and for the gradient one more of
// shares; every value is read and written once.
import type * as tf from '@tensorflow/tfjs';
import type { HostKernel, HostMemory } from '../host/memory';
import { floatField } from './machine';
import { machineOf } from './running';

/** Fewer values are not worth a thread. */
const LEAST_VALUES = 2048;

function normalize(
  memory: HostMemory,
  kernel: 'lrn' | 'lrnGradient',
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const { x, y, dy } = inputs as Partial<Record<'x' | 'y' | 'dy', tf.TensorInfo>>;
  const { depthRadius, bias, alpha, beta } = attributes as unknown as tf.LRNAttrs;
  const channels = x!.shape.at(-1)!;
  const pixels = x!.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const machine = machineOf();
  const { step, chunks } = machine.cut(pixels, LEAST_VALUES / channels);
  // No window holds more than all channels.
  const radius = Math.min(depthRadius, channels);
  const row = channels + 2 * radius + 3;
  const out = memory.allocate(x!.shape);
  const rooms = memory.allocate([chunks, 3, row]);
  const at = (tensor: tf.TensorInfo | undefined) => (tensor ? memory.view(tensor).byteOffset : 0);
  machine.run(kernel, chunks, [
    ...[at(x), at(y), at(dy), at(out), at(rooms), 4 * row],
    ...[pixels, step, channels, radius],
    ...[bias, alpha, beta].map(floatField),
  ]);
  memory.free(rooms);
  return out;
}

export const lrnKernels: Readonly<Record<string, HostKernel>> = {
  /** The stock contract: x (NHWC); attrs depthRadius, bias, alpha, beta. */
  LRN: (memory, inputs, attributes) => normalize(memory, 'lrn', inputs, attributes),
  /** The stock contract: x, y, dy and the same attrs give d(x). */
  LRNGrad: (memory, inputs, attributes) => normalize(memory, 'lrnGradient', inputs, attributes),
};
