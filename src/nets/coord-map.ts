// Where a blob's pixels lie in the data: the coordinate arithmetic of Caffe's python/caffe/coord_map.py, for square windows.
import { cropOffset } from './shapes';
import type { LayerSpec, NetSpec } from './spec';

/** Pixel x of the first blob is pixel `scale * x + offset` of the second. */
export interface CoordMap {
  scale: number;
  offset: number;
}

export const identityMap: CoordMap = { scale: 1, offset: 0 };

/** The map that applies `first`, then `second`. */
export function compose(first: CoordMap, second: CoordMap): CoordMap {
  return { scale: first.scale * second.scale, offset: first.offset * second.scale + second.offset };
}

/** The map from a layer's bottom to its top along one axis (0 height, 1 width). */
export function layerMap(layer: LayerSpec, axis: 0 | 1): CoordMap {
  switch (layer.type) {
    case 'Convolution': {
      const kernel = layer.dilation[axis] * (layer.kernel[axis] - 1) + 1;
      return windowMap(kernel, layer.stride[axis], layer.pad[axis]);
    }
    case 'Pooling':
      return windowMap(layer.kernel[axis], layer.stride[axis], layer.pad[axis]);
    case 'Deconvolution': {
      const kernel = layer.dilation[axis] * (layer.kernel[axis] - 1) + 1;
      return { scale: layer.stride[axis], offset: (kernel - 1) / 2 - layer.pad[axis] };
    }
    case 'Crop':
      return {
        scale: 1,
        offset: -(layer.axis <= axis + 2 ? cropOffset(layer.offset, axis + 2, layer.axis) : 0),
      };
    default:
      return identityMap;
  }
}

/** A window moved by `stride` has its centre at output 0 over input (kernel - 1) / 2 - pad: the article's (P - (K - 1) / 2) / S. */
function windowMap(kernel: number, stride: number, pad: number): CoordMap {
  return { scale: 1 / stride, offset: (pad - (kernel - 1) / 2) / stride };
}

/** What is known of a layer's place in the network: the map from the data to its top, and how many data pixels one of its pixels sees. */
export interface LayerPlace {
  map: CoordMap;
  receptiveField: number;
}

/** The place of every layer, along one axis; a layer with two bottoms takes the first's map and the larger receptive field. */
export function layerPlaces(spec: NetSpec, axis: 0 | 1): LayerPlace[] {
  const blobs = new Map<string, LayerPlace>([['data', { map: identityMap, receptiveField: 1 }]]);
  return spec.layers.map((layer) => {
    const bottoms = layer.bottoms.flatMap((name) => blobs.get(name) ?? []);
    const first = bottoms[0] ?? { map: identityMap, receptiveField: 1 };
    const kernel =
      layer.type === 'Pooling'
        ? layer.kernel[axis]
        : layer.type === 'Convolution'
          ? layer.dilation[axis] * (layer.kernel[axis] - 1) + 1
          : layer.type === 'Deconvolution'
            ? // One output of a deconvolution reads this many inputs at most.
              Math.ceil((layer.dilation[axis] * (layer.kernel[axis] - 1) + 1) / layer.stride[axis])
            : 1;
    const jump = 1 / first.map.scale;
    const place = {
      map: compose(first.map, layerMap(layer, axis)),
      receptiveField: Math.max(...bottoms.map((bottom) => bottom.receptiveField), 1) + (kernel - 1) * jump,
    };
    blobs.set(layer.tops[0]!, place);
    return place;
  });
}
