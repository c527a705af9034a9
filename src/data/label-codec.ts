// Label maps as they are stored: raw DEFLATE of one byte a pixel.
import { deflateSync, inflateSync } from 'fflate';
import { AppError } from '../core/errors';

/** Level 6 takes three times as long, and saves less than one part in a hundred of a tile with its picture. */
const level = 4;

/** Deflates a label map; the result has a buffer of its own. */
export function deflateLabels(labels: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(deflateSync(labels, { level }));
}

/** The label map of `pixels` bytes that was deflated. Throws AppError 'storage-failed' where the bytes are damaged. */
export function inflateLabels(deflated: Uint8Array, pixels: number): Uint8Array<ArrayBuffer> {
  const labels = new Uint8Array(pixels);
  let length = -1;
  try {
    length = inflateSync(deflated, { out: labels }).length;
  } catch {
    // Told below, like a wrong length.
  }
  if (length !== pixels) {
    throw new AppError(
      'storage-failed',
      'A stored label map is damaged. Delete the dataset and import it again.',
    );
  }
  return labels;
}
