// The learned blobs of a network: whose they are, which of them share their values, and what the solver does to each.
import { blobOwners, placeLayers, anySize } from '../place-layers';
import type { LayerSpec, NetSpec } from '../spec';
import { refuse } from './refuse';

export interface LearnedBlob {
  /** "conv1/0" */
  name: string;
  /** The blob that holds its values: itself, or the first of those that share them. */
  owner: string;
  layer: LayerSpec;
  /** Its place among the layer's blobs. */
  index: number;
  /** As Caffe has it. */
  shape: number[];
}

/**
 * Every blob of every layer, in order.
 * @throws AppError 'bad-network' where blobs share values that they read differently.
 */
export function learnedBlobs(spec: NetSpec): LearnedBlob[] {
  const placed = placeLayers(spec, anySize(spec));
  const owners = blobOwners(spec, placed);
  const blobs = placed.flatMap(({ layer, parameters }) =>
    parameters.map((shape, index): LearnedBlob => {
      const name = `${layer.name}/${index}`;
      return { name, owner: owners.get(name)!, layer, index, shape };
    }),
  );
  const byName = new Map(blobs.map((blob) => [blob.name, blob]));
  for (const { layer, owner, shape, ...blob } of blobs) {
    const held = byName.get(owner)!;
    const shares = `layer "${layer.name}" shares the blob ${owner} of "${held.layer.name}"`;
    if (shape.join() !== held.shape.join())
      refuse(layer.line, `${shares}, which is ${held.shape.join(' x ')} and should be ${shape.join(' x ')}.`);
    if (isHwio({ layer, ...blob }) !== isHwio(held))
      refuse(layer.line, `${shares}, but a convolution can share its weights with convolutions only.`);
  }
  return blobs;
}

/** Whether a blob is KH x KW x I x O on the device, where Caffe has O x I x KH x KW: the weights of convolutions are. */
export const isHwio = ({ layer, index }: Pick<LearnedBlob, 'layer' | 'index'>) =>
  layer.type === 'Convolution' && index === 0;

/** What the solver multiplies its rates with for a blob; Caffe's default is 1. */
export function solverMultipliers({ layer, index }: LearnedBlob): { lrMult: number; decayMult: number } {
  // A batch's statistics are no weights (batch_norm_layer.cpp sets this itself).
  if (layer.type === 'BatchNorm') return { lrMult: 0, decayMult: 0 };
  const { lrMult, decayMult } = layer.params[index] ?? { lrMult: 1, decayMult: 1 };
  return { lrMult, decayMult };
}
