// Slice for wasm: the stock kernel makes two array views per innermost row, which for a group of channels is per pixel.
import * as tf from '@tensorflow/tfjs';
import { registerHostKernel, type HostMemory } from './memory';

/** The stock contract: x, attrs begin and size (-1 for the rest of an axis). */
function slice(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown>,
): tf.TensorInfo {
  const x = inputs['x']!;
  const { begin, size } = attrs as unknown as tf.SliceAttrs;
  const [from, shape] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
  const out = memory.allocate(shape, x.dtype === 'int32' ? 'int32' : 'float32');
  const [source, target] =
    x.dtype === 'int32' ? [memory.viewInt(x), memory.viewInt(out)] : [memory.view(x), memory.view(out)];
  const rank = shape.length;
  if (rank === 0 || target.length === 0) {
    target.set(source.subarray(0, target.length));
    return out;
  }
  const strides = tf.util.computeStrides(x.shape).concat(1).slice(0, rank);
  const row = shape[rank - 1]!;
  const at = shape.map(() => 0);
  for (let to = 0; to < target.length; to += row) {
    let base = from[rank - 1]!;
    for (let axis = 0; axis < rank - 1; axis++) base += (from[axis]! + at[axis]!) * strides[axis]!;
    for (let i = 0; i < row; i++) target[to + i] = source[base + i]!;
    for (let axis = rank - 2; axis >= 0; axis--) {
      if (++at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
  return out;
}

export function registerSlice(): void {
  registerHostKernel('Slice', slice, ['wasm']);
}
