// 'SoftmaxWithLoss' in one pass: loss and its gradient for the scores (Caffe, softmax_loss_layer.cpp).
import type * as tf from '@tensorflow/tfjs';
import { registerHostKernel, type HostMemory } from './memory';

export interface SoftmaxWithLossAttrs {
  /** One class position a pixel; `ignoreLabel` where the pixel does not count. */
  labels: Uint8Array;
  ignoreLabel: number | null;
  /** What the sum of the losses is divided by. */
  normalizer: number;
}

/** scores N x H x W x C gives [loss (scalar), gradient N x H x W x C]; sums run in float64. */
function softmaxWithLoss(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown>,
): tf.TensorInfo[] {
  const scores = inputs['scores']!;
  const { labels, ignoreLabel, normalizer } = attrs as unknown as SoftmaxWithLossAttrs;
  const classes = scores.shape.at(-1)!;
  const loss = memory.allocate([]);
  const gradient = memory.allocate(scores.shape);
  const x = memory.view(scores);
  const dx = memory.view(gradient);
  const scale = 1 / normalizer;
  let total = 0;
  for (let pixel = 0, at = 0; pixel < labels.length; pixel++, at += classes) {
    const label = labels[pixel]!;
    if (label === ignoreLabel) {
      dx.fill(0, at, at + classes);
      continue;
    }
    let max = -Infinity;
    for (let c = at; c < at + classes; c++) if (x[c]! > max) max = x[c]!;
    let sum = 0;
    for (let c = at; c < at + classes; c++) {
      const e = Math.exp(x[c]! - max);
      dx[c] = e;
      sum += e;
    }
    total += Math.log(sum) + max - x[at + label]!;
    const factor = scale / sum;
    for (let c = at; c < at + classes; c++) dx[c]! *= factor;
    dx[at + label]! -= scale;
  }
  memory.view(loss)[0] = total * scale;
  return [loss, gradient];
}

export function registerSoftmaxWithLoss(): void {
  registerHostKernel('SoftmaxWithLoss', softmaxWithLoss);
}
