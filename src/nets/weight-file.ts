// Weights as a .safetensors file: one tensor per blob, named as in the network ("conv1/0"), in Caffe's layout.
import { readSafetensors, writeSafetensors } from '../formats/safetensors';
import type { WeightSet } from './weights';

/** The float32 tensors of a file by blob name, and its metadata. @throws AppError 'bad-weights' */
export function readWeightFile(
  bytes: Uint8Array,
  name: string,
): { weights: WeightSet; metadata: Map<string, string> } {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const weights: WeightSet = new Map();
  for (const [blob, { shape, data }] of tensors) {
    if (data instanceof Float32Array) weights.set(blob, { shape, data });
  }
  return { weights, metadata };
}

export function writeWeightFile(
  weights: WeightSet,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, metadata);
}
