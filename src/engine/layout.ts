// Between Caffe's layout of weights and the engine's.
import type { PixelTransform } from '../nets/spec';
import type { WeightBlob } from '../nets/weights';

/** O x I x KH x KW to KH x KW x I x O, or the inverse with `back` (then `shape` is the source's, KH x KW x I x O). */
function permute({ shape, data }: WeightBlob, order: readonly [number, number, number, number]): WeightBlob {
  const out = new Float32Array(data.length);
  const target = order.map((axis) => shape[axis]!);
  const strides = [shape[1]! * shape[2]! * shape[3]!, shape[2]! * shape[3]!, shape[3]!, 1];
  const [s0, s1, s2, s3] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  let at = 0;
  for (let a = 0; a < target[0]!; a++) {
    for (let b = 0; b < target[1]!; b++) {
      for (let c = 0; c < target[2]!; c++) {
        const base = a * s0 + b * s1 + c * s2;
        for (let d = 0; d < target[3]!; d++) out[at++] = data[base + d * s3]!;
      }
    }
  }
  return { shape: target, data: out };
}

/** Caffe's convolution weight O x I x KH x KW as the engine's KH x KW x I x O. */
export const hwioFromCaffe = (blob: WeightBlob): WeightBlob => permute(blob, [2, 3, 1, 0]);

/** The inverse of hwioFromCaffe. */
export const caffeFromHwio = (blob: WeightBlob): WeightBlob => permute(blob, [3, 2, 0, 1]);

/** RGB bytes, row by row, as the network's data: BGR float32, appended at `at`. Caffe's networks take BGR. */
export function writeBgr(rgb: Uint8Array, out: Float32Array, at: number): void {
  for (let i = 0; i < rgb.length; i += 3) {
    out[at + i] = rgb[i + 2]!;
    out[at + i + 1] = rgb[i + 1]!;
    out[at + i + 2] = rgb[i]!;
  }
}

/** (value - mean of its channel) * scale, in place (Caffe, data_transformer.cpp); pixels of `channels` values each. */
export function transformPixels(
  pixels: Float32Array,
  channels: number,
  { mean, scale }: PixelTransform,
): void {
  const means = Array.from({ length: channels }, (_, c) => mean[c] ?? mean[0] ?? 0);
  for (let at = 0; at < pixels.length; at += channels) {
    for (let c = 0; c < channels; c++) pixels[at + c] = (pixels[at + c]! - means[c]!) * scale;
  }
}
