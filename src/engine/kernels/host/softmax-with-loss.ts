// 'SoftmaxWithLoss': loss and its gradient for the scores at once (Caffe, softmax_loss_layer.cpp), see ../pixel-loss.ts.
import type * as tf from '@tensorflow/tfjs';
import type { PixelLossAttrs } from '../pixel-loss';
import { registerHostKernel, type HostMemory } from './memory';
import { PixelLoss } from './pixel-loss';

/** scores N x H x W x C gives [loss (scalar), gradient N x H x W x C]; sums run in float64. */
function softmaxWithLoss(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, unknown>,
): tf.TensorInfo[] {
  const scores = inputs['scores']!;
  const attrs = attributes as unknown as PixelLossAttrs;
  const classes = scores.shape.at(-1)!;
  const loss = memory.allocate([]);
  const gradient = memory.allocate(scores.shape);
  const x = memory.view(scores);
  const dx = memory.view(gradient);
  const pixelLoss = new PixelLoss(attrs, classes);
  const pixel = new Float64Array(classes);
  /** Visits every pixel that counts, with its scores in `pixel`. */
  const visit = (use: (label: number, at: number) => void) =>
    attrs.labels.forEach((label, i) => {
      if (label === attrs.ignoreLabel) return;
      for (let c = 0; c < classes; c++) pixel[c] = x[i * classes + c]!;
      use(label, i * classes);
    });
  if (attrs.dice) {
    visit((label) => pixelLoss.addToDice(pixel, label));
    pixelLoss.endDice();
  }
  dx.fill(0);
  visit((label, at) => {
    pixelLoss.differentiate(pixel, label);
    dx.set(pixel, at);
  });
  memory.view(loss)[0] = pixelLoss.total;
  return [loss, gradient];
}

export function registerSoftmaxWithLoss(): void {
  registerHostKernel('SoftmaxWithLoss', softmaxWithLoss);
}
