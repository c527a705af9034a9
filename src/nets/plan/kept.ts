// Which of a layer's blobs its backward pass reads: these stay until it has run, all others go after their last reader of the forward pass.
import type { LayerSpec } from '../spec';

export interface Keeps {
  bottoms: boolean;
  tops: boolean;
}

const nothing: Keeps = { bottoms: false, tops: false };
const bottoms: Keeps = { bottoms: true, tops: false };
const tops: Keeps = { bottoms: false, tops: true };
const both: Keeps = { bottoms: true, tops: true };

/** What `backward` of engine/layers reads. */
export function keeps(layer: LayerSpec): Keeps {
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution':
    case 'InnerProduct':
    case 'PReLU':
    case 'Scale':
      return bottoms;
    case 'Pooling':
      return layer.pool === 'MAX' ? both : bottoms;
    case 'LRN':
      return layer.region === 'ACROSS_CHANNELS' ? both : bottoms;
    // With a negative slope, y no longer tells the sign of x.
    case 'ReLU':
      return layer.negativeSlope < 0 ? bottoms : tops;
    case 'ELU':
      return layer.alpha < 0 ? both : tops;
    case 'Sigmoid':
    case 'TanH':
    case 'Softmax':
      return tops;
    case 'BatchNorm':
      return layer.useGlobalStats === true ? nothing : tops;
    case 'Eltwise':
      return layer.operation === 'PROD' ? bottoms : nothing;
    case 'Power':
      return layer.power === 1 || layer.power * layer.scale === 0 ? nothing : bottoms;
    default:
      return nothing;
  }
}
