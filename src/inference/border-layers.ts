// Where a window alone differs from the same window within an image: at the borders that a network's layers make up.
import { placeLayers } from '../nets/place-layers';
import type { NetSpec } from '../nets/spec';

export interface BorderLayer {
  layer: string;
  /** What it sees beyond the border of a window alone; within an image there are pixels. */
  why: 'zeros' | 'nothing';
}

/**
 * The layers that see beyond a window of this size: those with padding, and poolings whose last window is cut off at the edge. A window's
 * scores alone and within a larger image are equal only where there is none.
 */
export function borderLayers(
  spec: NetSpec,
  { width, height, channels }: { width: number; height: number; channels: number },
): BorderLayer[] {
  return placeLayers(spec, [1, channels, height, width]).flatMap(
    ({ layer, bottoms, tops }): BorderLayer[] => {
      const found = (why: BorderLayer['why']) => [{ layer: layer.name, why }];
      if (layer.type === 'LRN') return layer.region === 'WITHIN_CHANNEL' ? found('zeros') : [];
      if (layer.type !== 'Convolution' && layer.type !== 'Pooling') return [];
      if (layer.type === 'Pooling' && layer.global) return [];
      if (layer.pad.some((pad) => pad > 0)) return found('zeros');
      const reaches = [0, 1].some(
        (axis) =>
          (tops[0]![axis + 2]! - 1) * layer.stride[axis]! + layer.kernel[axis]! > bottoms[0]![axis + 2]!,
      );
      return layer.type === 'Pooling' && reaches ? found('nothing') : [];
    },
  );
}
