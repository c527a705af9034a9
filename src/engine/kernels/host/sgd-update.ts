// 'SgdUpdate' in one pass over a parameter (Caffe, sgd_solver.cpp): v <- m v + r (g + d w); w <- w - v.
import type * as tf from '@tensorflow/tfjs';
import { registerHostKernel, type HostMemory } from './memory';

export interface SgdUpdateAttrs {
  momentum: number;
  /** Learning rate times the blob's lr_mult. */
  rate: number;
  /** Weight decay times the blob's decay_mult. */
  decay: number;
}

/** weight, velocity and gradient of one shape give [new weight, new velocity]. */
function sgdUpdate(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown>,
): tf.TensorInfo[] {
  const { weight, velocity, gradient } = inputs as Record<'weight' | 'velocity' | 'gradient', tf.TensorInfo>;
  const { momentum, rate, decay } = attrs as unknown as SgdUpdateAttrs;
  // New tensors, not in place: XNNPACK keeps a weight's packed form under its tensor's id.
  const newWeight = memory.allocate(weight.shape);
  const newVelocity = memory.allocate(weight.shape);
  const [w, v, g] = [memory.view(weight), memory.view(velocity), memory.view(gradient)];
  const [wOut, vOut] = [memory.view(newWeight), memory.view(newVelocity)];
  for (let i = 0; i < w.length; i++) {
    const next = momentum * v[i]! + rate * (g[i]! + decay * w[i]!);
    vOut[i] = next;
    wOut[i] = w[i]! - next;
  }
  return [newWeight, newVelocity];
}

export function registerSgdUpdate(): void {
  registerHostKernel('SgdUpdate', sgdUpdate);
}
