// 'UpsampledLoss': scores on a coarse grid are upsampled by a deconvolution with a kernel per class, cropped, and meet their labels in a softmax
// loss (Caffe, deconv_layer.cpp, crop_layer.cpp, softmax_loss_layer.cpp; ../pixel-loss.ts). The upsampled scores, and their gradient, never exist:
// a pixel's are made of the few coarse scores that reach it, used, and handed back to them at once. With Dice they are made twice.
import type * as tf from '@tensorflow/tfjs';
import { reaching } from '../../../nets/plan/loss-bands';
import type { PixelLossAttrs } from '../pixel-loss';
import { tapsOutermost } from './deconvolution';
import { registerHostKernel, type HostMemory } from './memory';
import { PixelLoss } from './pixel-loss';

export interface UpsampledLossAttrs extends PixelLossAttrs {
  stride: readonly [number, number];
  /** The deconvolution's padding and the crop's offset together. */
  pad: readonly [number, number];
  /** Height and width of the labels. */
  outSize: readonly [number, number];
  /** Whether the best class of each pixel is an output too. */
  predict: boolean;
}

/**
 * scores N x h x w x C and weight C x 1 x KH x KW give [loss (scalar), gradient N x h x w x C] and with `predict` the best class of each pixel,
 * N x H x W int32; of equals the first. Sums over pixels run in float64.
 */
export function upsampledLoss(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, unknown>,
): tf.TensorInfo[] {
  const attrs = attributes as unknown as UpsampledLossAttrs;
  const { labels, ignoreLabel, stride, pad, outSize, predict, dice } = attrs;
  const { scores, weight } = inputs as { scores: tf.TensorInfo; weight: tf.TensorInfo };
  const [batch, height, width, classes] = scores.shape as [number, number, number, number];
  const [kh, kw] = weight.shape.slice(2) as [number, number];
  const loss = memory.allocate([]);
  const gradient = memory.allocate(scores.shape);
  const predictions = predict ? memory.allocate([batch, ...outSize], 'int32') : null;
  const taps = tapsOutermost(memory.view(weight), weight.shape);
  const x = memory.view(scores);
  const best = predictions && memory.viewInt(predictions);
  const dx = new Float64Array(x.length);
  const pixel = new Float64Array(classes);
  const rows = Array.from({ length: outSize[0] }, (_, at) => reaching(at, height, kh, stride[0], pad[0]));
  const columns = Array.from({ length: outSize[1] }, (_, at) => reaching(at, width, kw, stride[1], pad[1]));

  /** Every coarse place that reaches a pixel: where its values and the taps between begin. */
  const reach = (index: number, use: (coarse: number, tap: number) => void) => {
    const column = index % outSize[1];
    const row = Math.floor(index / outSize[1]) % outSize[0];
    const n = Math.floor(index / (outSize[0] * outSize[1]));
    const [firstRow, down] = rows[row]!;
    const [firstColumn, across] = columns[column]!;
    for (let h = firstRow; h < firstRow + down; h++) {
      const tapRow = (row + pad[0] - h * stride[0]) * kw + column + pad[1];
      for (let w = firstColumn; w < firstColumn + across; w++)
        use(((n * height + h) * width + w) * classes, (tapRow - w * stride[1]) * classes);
    }
  };
  const gather = (coarse: number, tap: number) => {
    for (let c = 0; c < classes; c++) pixel[c]! += x[coarse + c]! * taps[tap + c]!;
  };
  const scatter = (coarse: number, tap: number) => {
    for (let c = 0; c < classes; c++) dx[coarse + c]! += pixel[c]! * taps[tap + c]!;
  };

  const pixelLoss = new PixelLoss(attrs, classes);
  if (dice) {
    for (const [index, label] of labels.entries()) {
      if (label === ignoreLabel) continue;
      pixel.fill(0);
      reach(index, gather);
      pixelLoss.addToDice(pixel, label);
    }
    pixelLoss.endDice();
  }
  for (const [index, label] of labels.entries()) {
    if (label === ignoreLabel && !best) continue;
    pixel.fill(0);
    reach(index, gather);
    if (best) best[index] = indexOfMost(pixel);
    if (label === ignoreLabel) continue;
    pixelLoss.differentiate(pixel, label);
    reach(index, scatter);
  }
  memory.view(gradient).set(dx);
  memory.view(loss)[0] = pixelLoss.total;
  return predictions ? [loss, gradient, predictions] : [loss, gradient];
}

function indexOfMost(values: Float64Array): number {
  let first = 0;
  for (let c = 1; c < values.length; c++) if (values[c]! > values[first]!) first = c;
  return first;
}

export function registerUpsampledLoss(): void {
  registerHostKernel('UpsampledLoss', upsampledLoss, ['cpu']);
}
