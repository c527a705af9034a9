// How large a dataset will be, from the sizes of a few of its pictures.
import { tileCount } from '../../data/tiling';
import type { Scale, Size } from '../../data/types';

export interface Estimate {
  tiles: number;
  bytes: number;
}

/** A label map packs to about this share of its pixels: measured on CamVid, 0.02 to 0.05 bytes a pixel. */
const labelBytes = 0.05;

/** Tiles and bytes of `pairs` pairs of which most have the size `own`; tiles that would be dropped are not known and counted. */
export function estimateImport(
  pairs: number,
  own: Size,
  { scale, tile, overlap = 0 }: { scale: Scale | null; tile: Size | null; overlap?: number },
): Estimate {
  const picture = scale ? (scale.mode === 'exact' ? own : { ...scale }) : own;
  const tiles = pairs * tileCount(picture, tile, overlap);
  const { width, height } = tile ?? picture;
  return { tiles, bytes: Math.round(tiles * width * height * (3 + labelBytes)) };
}
