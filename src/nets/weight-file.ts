// Weights as files: .safetensors, with one tensor a blob, named as in the network ("conv1/0"), and Caffe's .caffemodel. Both in Caffe's layout.
import { readCaffeModel, writeCaffeModel } from '../formats/caffemodel';
import { readSafetensors, safetensorsParts, writeSafetensors } from '../formats/safetensors';
import { anySize, blobOwners, placeLayers } from './place-layers';
import type { NetSpec } from './spec';
import type { WeightSet } from './weights';

export type WeightFormat = 'safetensors' | 'caffemodel';

/** Tags with which a NetParameter may begin: its name, an old layer, a layer; and HDF5, which readCaffeModel knows. */
const caffeStarts = [[0x0a], [0x12], [0xa2, 0x06], [0x89, 0x48, 0x44, 0x46]];

/** What the bytes are; where they are neither, what their name says. Names may be wrong, and then messages would be. */
function formatOf(bytes: Uint8Array, name: string): WeightFormat {
  // A header's length has eight bytes, the lowest first, and then the header begins.
  const isSafetensors = bytes[8] === 0x7b && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
  if (isSafetensors) return 'safetensors';
  const isCaffe = caffeStarts.some((start) => start.every((byte, i) => bytes[i] === byte));
  // A .safetensors file that is cut off within its first bytes should be called one.
  if (/\.safetensors$/i.test(name)) return isCaffe && bytes.length > 8 ? 'caffemodel' : 'safetensors';
  return isCaffe || /\.(caffemodel|binaryproto)$/i.test(name) ? 'caffemodel' : 'safetensors';
}

/**
 * The weights of a file by blob name, and a .safetensors file's metadata. A .caffemodel has none, and holds a shared blob once for every
 * layer that shares it.
 * @param options.reuse true where nobody else needs `bytes`, which the reading of a .caffemodel may then change: it saves a copy.
 * @throws AppError 'bad-weights'
 */
export function readWeightFile(
  bytes: Uint8Array,
  name: string,
  options: { reuse?: boolean } = {},
): { weights: WeightSet; metadata: Map<string, string>; format: WeightFormat } {
  const weights: WeightSet = new Map();
  const format = formatOf(bytes, name);
  if (format === 'caffemodel') {
    for (const layer of readCaffeModel(bytes, name, options).layers) {
      layer.blobs.forEach((blob, i) => weights.set(`${layer.name}/${i}`, blob));
    }
    return { weights, metadata: new Map(), format };
  }
  const { tensors, metadata } = readSafetensors(bytes, name);
  for (const [blob, { shape, data }] of tensors) {
    if (data instanceof Float32Array) weights.set(blob, { shape, data });
    else if (data instanceof Float64Array) weights.set(blob, { shape, data: Float32Array.from(data) });
  }
  return { weights, metadata: new Map(metadata), format };
}

/** A .safetensors file that holds no second copy of the weights while it is made. */
export function weightBlob(weights: WeightSet, metadata: Readonly<Record<string, string>>): Blob {
  return new Blob(safetensorsParts(weights, metadata));
}

export function writeWeightFile(
  weights: WeightSet,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, metadata);
}

/**
 * A network's weights as a .caffemodel, with every layer and, as Caffe does it, a copy of a shared blob for every layer that shares it:
 * OpenCV looks nowhere else.
 * @throws AppError 'bad-weights' where it would be too large for the format.
 */
export function writeCaffeWeights(spec: NetSpec, weights: WeightSet): Uint8Array<ArrayBuffer> {
  const placed = placeLayers(spec, anySize(spec));
  const owners = blobOwners(spec, placed);
  const layers = placed.map(({ layer, parameters }) => ({
    name: layer.name,
    type: layer.type,
    bottoms: layer.bottoms,
    tops: layer.tops,
    blobs: parameters.map((shape, i) => ({
      shape,
      data: weights.get(owners.get(`${layer.name}/${i}`)!)!.data,
    })),
  }));
  return writeCaffeModel(spec.name, layers);
}
