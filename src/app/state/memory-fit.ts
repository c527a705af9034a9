// What of a run that a backend cannot hold would have to be smaller, found by trying one setting after the other.
import type { Size } from '../../data/types';
import type { MemoryEstimate } from '../../nets/cost';
import { size as sizeText } from './format';

interface Choice {
  batch: number;
  width: number;
  size: Size;
}

/** The first of these that fits, with the rest as it is; null where none does. */
export interface Fit {
  batch: number | null;
  width: number | null;
  size: Size | null;
}

const widths = [0.75, 0.5, 0.25, 0.125];
const shares = [3 / 4, 1 / 2, 1 / 3, 1 / 4];

/**
 * The largest batch, width and picture size below the chosen ones that fit, each alone.
 * @param memoryAt what the network needs at a width and picture size; null where it cannot be run so
 * @param fits whether that much is held for a batch
 */
export function whatFits(
  { batch, width, size }: Choice,
  memoryAt: (width: number, size: Size) => MemoryEstimate | null,
  fits: (memory: MemoryEstimate, batch: number) => boolean,
): Fit {
  const fitsAt = (width: number, size: Size) => {
    const memory = memoryAt(width, size);
    return memory !== null && fits(memory, batch);
  };
  const memory = memoryAt(width, size);
  const batches = Array.from({ length: batch - 1 }, (_, i) => batch - 1 - i);
  const sizes = shares.map((share) => ({
    width: Math.round(size.width * share),
    height: Math.round(size.height * share),
  }));
  return {
    batch: batches.find((fewer) => memory !== null && fits(memory, fewer)) ?? null,
    width: widths.find((narrower) => narrower < width && fitsAt(narrower, size)) ?? null,
    size: sizes.find((smaller) => fitsAt(width, smaller)) ?? null,
  };
}

/** What fits, in a sentence. */
export function fitText({ batch, width, size }: Fit): string {
  const ways = [
    batch === null ? '' : `batch size ${batch}`,
    width === null ? '' : `width ${width}`,
    size === null ? '' : `pictures of ${sizeText(size)}`,
  ].filter(Boolean);
  if (ways.length === 0) {
    return 'Neither a smaller batch nor width nor picture alone would be enough: reduce several of them, or choose another network or backend.';
  }
  return `It would fit with ${new Intl.ListFormat('en', { type: 'disjunction' }).format(ways)}.`;
}
