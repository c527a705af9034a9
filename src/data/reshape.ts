// How a pair comes to the size that was chosen: scaled, padded, cropped, or refused.
import { fileError } from '../formats/file-error';
import { resizeImage, resizeLabels } from './resize';
import { VOID, type LabelMap, type ResizeMode, type RgbImage, type Scale, type Size } from './types';

/** Where something lies in a picture, in pixels. */
export interface Rect extends Size {
  x: number;
  y: number;
}

/** A pair at the chosen size, and where the picture lies in it: all around is padding, black and void. */
export interface Shaped {
  image: RgbImage;
  label: LabelMap;
  content: Rect;
}

/**
 * The size to which a picture is scaled for `scale`, before it is padded or cropped: with `fit` the largest of its aspect
 * ratio inside the size, with `crop` the smallest that covers it.
 */
export function scaledSize({ width, height }: Size, scale: Scale): Size {
  const mode: ResizeMode = scale.mode ?? 'stretch';
  if (mode === 'stretch' || mode === 'exact') return { width: scale.width, height: scale.height };
  const ratios = [scale.width / width, scale.height / height] as const;
  const ratio = mode === 'fit' ? Math.min(...ratios) : Math.max(...ratios);
  return {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
  };
}

/** Brings a pair to a size, or leaves it as it is for null. Throws AppError 'bad-file' where `exact` refuses it. */
export function reshapePair(image: RgbImage, label: LabelMap, scale: Scale | null, file: string): Shaped {
  if (!scale) return whole(image, label);
  if (scale.mode === 'exact' && (image.width !== scale.width || image.height !== scale.height)) {
    throw fileError(
      'bad-file',
      file,
      `the picture has ${image.width} x ${image.height} pixels, and only those of ${scale.width} x ${scale.height} were asked for.`,
    );
  }
  const size = scaledSize(image, scale);
  return place(resizeImage(image, size), resizeLabels(label, size), scale);
}

function whole(image: RgbImage, label: LabelMap): Shaped {
  return { image, label, content: { x: 0, y: 0, width: image.width, height: image.height } };
}

/** The pair in the middle of the size: what is larger loses its edges, what is smaller is padded. */
function place(image: RgbImage, label: LabelMap, { width, height }: Size): Shaped {
  if (image.width === width && image.height === height) return whole(image, label);
  const rgb = new Uint8Array(width * height * 3);
  const labels = new Uint8Array(width * height).fill(VOID);
  const columns = Math.min(width, image.width);
  const rows = Math.min(height, image.height);
  const left = { from: Math.floor((image.width - columns) / 2), to: Math.floor((width - columns) / 2) };
  const top = { from: Math.floor((image.height - rows) / 2), to: Math.floor((height - rows) / 2) };
  for (let row = 0; row < rows; row++) {
    const from = (top.from + row) * image.width + left.from;
    const to = (top.to + row) * width + left.to;
    rgb.set(image.rgb.subarray(from * 3, (from + columns) * 3), to * 3);
    labels.set(label.labels.subarray(from, from + columns), to);
  }
  return {
    image: { width, height, rgb },
    label: { width, height, labels },
    content: { x: left.to, y: top.to, width: columns, height: rows },
  };
}
