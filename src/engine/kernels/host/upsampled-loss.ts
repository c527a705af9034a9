// 'UpsampledLoss': scores on a coarse grid are upsampled by a deconvolution with a kernel per class, cropped, and meet their labels in a softmax
// loss (Caffe, deconv_layer.cpp, crop_layer.cpp, softmax_loss_layer.cpp). The upsampled scores, and their gradient, never exist: a pixel's are
// made of the few coarse scores that reach it, used, and handed back to them at once.
import type * as tf from '@tensorflow/tfjs';
import { tapsOutermost } from './deconvolution';
import { registerHostKernel, type HostMemory } from './memory';
import type { SoftmaxWithLossAttrs } from './softmax-with-loss';

export interface UpsampledLossAttrs extends SoftmaxWithLossAttrs {
  stride: readonly [number, number];
  /** The deconvolution's padding and the crop's offset together. */
  pad: readonly [number, number];
  /** Height and width of the labels. */
  outSize: readonly [number, number];
  /** Whether the best class of each pixel is an output too. */
  predict: boolean;
}

/** Of an output row or column: the first coarse one that reaches it, and how many do. */
function reaching(
  at: number,
  count: number,
  kernel: number,
  stride: number,
  pad: number,
): [first: number, length: number] {
  const place = at + pad;
  const first = Math.max(0, Math.ceil((place - kernel + 1) / stride));
  return [first, Math.max(0, Math.min(count - 1, Math.floor(place / stride)) - first + 1)];
}

/**
 * scores N x h x w x C and weight C x 1 x KH x KW give [loss (scalar), gradient N x h x w x C] and with `predict` the best class of each pixel,
 * N x H x W int32; of equals the first. Sums over pixels run in float64.
 */
function upsampledLoss(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, unknown>,
): tf.TensorInfo[] {
  const attrs = attributes as unknown as UpsampledLossAttrs;
  const { labels, ignoreLabel, normalizer, stride, pad, outSize, predict } = attrs;
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
  const columns = Array.from({ length: outSize[1] }, (_, at) => reaching(at, width, kw, stride[1], pad[1]));
  const scale = 1 / normalizer;
  let total = 0;
  let index = 0;
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < outSize[0]; row++) {
      const [firstRow, rows] = reaching(row, height, kh, stride[0], pad[0]);
      for (let column = 0; column < outSize[1]; column++, index++) {
        const label = labels[index]!;
        const ignored = label === ignoreLabel;
        if (ignored && !best) continue;
        const [firstColumn, across] = columns[column]!;
        pixel.fill(0);
        for (let h = firstRow; h < firstRow + rows; h++) {
          const tapRow = (row + pad[0] - h * stride[0]) * kw + column + pad[1];
          for (let w = firstColumn; w < firstColumn + across; w++) {
            const from = ((n * height + h) * width + w) * classes;
            const tap = (tapRow - w * stride[1]) * classes;
            for (let c = 0; c < classes; c++) pixel[c]! += x[from + c]! * taps[tap + c]!;
          }
        }
        let first = 0;
        for (let c = 1; c < classes; c++) if (pixel[c]! > pixel[first]!) first = c;
        if (best) best[index] = first;
        if (ignored) continue;
        const max = pixel[first]!;
        const own = pixel[label]!;
        let sum = 0;
        for (let c = 0; c < classes; c++) sum += pixel[c] = Math.exp(pixel[c]! - max);
        total += Math.log(sum) + max - own;
        const factor = scale / sum;
        for (let c = 0; c < classes; c++) pixel[c]! *= factor;
        pixel[label]! -= scale;
        for (let h = firstRow; h < firstRow + rows; h++) {
          const tapRow = (row + pad[0] - h * stride[0]) * kw + column + pad[1];
          for (let w = firstColumn; w < firstColumn + across; w++) {
            const to = ((n * height + h) * width + w) * classes;
            const tap = (tapRow - w * stride[1]) * classes;
            for (let c = 0; c < classes; c++) dx[to + c]! += pixel[c]! * taps[tap + c]!;
          }
        }
      }
    }
  }
  memory.view(gradient).set(dx);
  memory.view(loss)[0] = total * scale;
  return predictions ? [loss, gradient, predictions] : [loss, gradient];
}

export function registerUpsampledLoss(): void {
  registerHostKernel('UpsampledLoss', upsampledLoss);
}
