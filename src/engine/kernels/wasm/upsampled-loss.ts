// 'UpsampledLoss' on wasm: what ../host/upsampled-loss.ts computes, in float32 but for the sum of the losses and of exponentials. Bands of pixel
// rows that the same coarse rows reach are computed apart, and their gradients added in one order, so that the bits are the same on any number of
// threads. For a pixel and a class: as many products each way as coarse scores reach the pixel (mostly 4), and an exponential; of a pixel only its
// label is read and, where predictions are wanted, its best class written. The focal and the Dice loss stay with the host's kernel.
import type * as tf from '@tensorflow/tfjs';
import { cutLoss, LABELS } from '../../../nets/plan/loss-bands';
import type { HostKernel } from '../host/memory';
import { upsampledLoss, type UpsampledLossAttrs } from '../host/upsampled-loss';
import { floatField } from './machine';
import { machineOf } from './running';

/** Bytes that a band leaves: its loss (float64), its first coarse row and how many there are. */
const RECORD_BYTES = 16;

/** By tap, the weights of all classes and zeros up to `padded`. */
function fillTaps(taps: Float32Array, weight: Float32Array, classes: number, padded: number): void {
  const area = weight.length / classes;
  taps.fill(0);
  for (let c = 0; c < classes; c++)
    for (let tap = 0; tap < area; tap++) taps[tap * padded + c] = weight[c * area + tap]!;
}

export const lossKernels: Readonly<Record<string, HostKernel>> = {
  /** The contract of ../host/upsampled-loss.ts. */
  UpsampledLoss: (memory, inputs, attributes) => {
    const attrs = attributes as unknown as UpsampledLossAttrs;
    const { labels, ignoreLabel, scale, gamma, dice, classWeights, stride, pad, outSize, predict } = attrs;
    const { scores, weight } = inputs as { scores: tf.TensorInfo; weight: tf.TensorInfo };
    const [batch, height, width, classes] = scores.shape as [number, number, number, number];
    if (gamma || dice || classes > LABELS) return upsampledLoss(memory, inputs, attributes);
    const kernel = weight.shape.slice(2) as [number, number];
    const coarse = [height, width] as const;
    const cut = cutLoss({ batch, coarse, classes, kernel, stride, pad, outSize });
    const { bands, bandRows, firstBand, span, padded, roomFloats } = cut;
    const chunks = batch * bands;

    const loss = memory.allocate([]);
    const gradient = memory.allocate(scores.shape);
    const predictions = predict ? memory.allocate([batch, ...outSize], 'int32') : null;
    // What is needed on the way; nets/plan/loss-bands.ts counts it.
    const taps = memory.allocate([...kernel, padded]);
    const labelBytes = memory.allocate([Math.ceil(labels.length / 4)], 'int32');
    const weights = memory.allocate([LABELS]);
    const records = memory.allocate([chunks, RECORD_BYTES / 4]);
    const rooms = memory.allocate([chunks, roomFloats]);

    fillTaps(memory.view(taps), memory.view(weight), classes, padded);
    const bytes = memory.viewInt(labelBytes);
    new Uint8Array(bytes.buffer, bytes.byteOffset, labels.length).set(labels);
    memory.view(weights).fill(1);
    if (classWeights) memory.view(weights).set(classWeights);
    const at = (tensor: tf.TensorInfo | null) => (tensor ? memory.view(tensor).byteOffset : 0);
    const fields = [
      ...[scores, taps, labelBytes, weights, predictions, gradient, records, rooms].map(at),
      ...[4 * roomFloats, height, width, classes, padded, ...kernel, ...stride, ...pad, ...outSize],
      ...[ignoreLabel ?? -1, bands, bandRows, firstBand, span, floatField(scale)],
    ];
    const machine = machineOf();
    machine.run('lossBand', chunks, fields);
    machine.run('lossGradient', batch * height, fields);

    const { buffer, byteOffset } = memory.view(records);
    const losses = new DataView(buffer, byteOffset);
    let total = 0;
    for (let i = 0; i < chunks; i++) total += losses.getFloat64(RECORD_BYTES * i, true);
    memory.view(loss)[0] = total * scale;
    [taps, labelBytes, weights, records, rooms].forEach((tensor) => memory.free(tensor));
    return predictions ? [loss, gradient, predictions] : [loss, gradient];
  },
};
