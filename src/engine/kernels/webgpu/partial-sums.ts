// The second half of a product that was split along its sum: adds up the partial sums, in the order of the splits.
//
//   out[i] = epilogue(sum over split of partial[split][i])
//
// Tiling: one thread for each element of the output, or for four where they lie together; neighbours read neighbours.
// Bytes: 4 * (splits + 1) * size; operations: splits * size.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { flat, runProgram, widthFor, work } from './program';

/** `partial` is splits x the output's shape; `bias` has a value for each of the output's last axis. */
export function addPartialSums(
  backend: WebGPUBackend,
  partial: tf.TensorInfo,
  shape: number[],
  epilogue?: { bias: boolean; relu: boolean },
  bias?: tf.TensorInfo,
): tf.TensorInfo {
  const channels = shape.at(-1)!;
  const width = widthFor(channels);
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  const size = shape.reduce((a, b) => a * b, 1) / width;
  const body = `
  if (index >= ${size}) { return; }
  var sum = partial[index];
  for (var split = 1; split < ${partial.shape[0]!}; split++) { sum += partial[split * ${size} + index]; }
  ${bias ? `sum += bias[index % ${channels / width}];` : ''}
  ${epilogue?.relu ? `sum = select(sum, ${type}(0), sum < ${type}(0));` : ''}
  result[index] = sum;`;
  const program = {
    name: 'PartialSums',
    body,
    inputs: ['partial', ...(bias ? ['bias'] : [])].map((name) => ({ name, width })),
    output: { shape, width },
    ...flat(size, work(width * partial.shape[0]!, width * (partial.shape[0]! + 1))),
  };
  return runProgram(backend, program, bias ? [partial, bias] : [partial]);
}
