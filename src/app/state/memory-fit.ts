// What of a run that a backend cannot hold would have to be smaller, found by planning it with one setting after the other changed.
import type { Size } from '../../data/types';
import { plural, size as sizeText } from './format';

export interface Trial {
  batch: number;
  width: number;
  size: Size;
  /** How many of the layers that learn are frozen, from the first on. */
  frozen: number;
}

/** Settings that differ from the chosen ones. */
export type Change = Partial<Trial>;

const widths = [2, 1, 0.75, 0.5, 0.25, 0.125];
const shares = [3 / 4, 1 / 2, 1 / 3, 1 / 4];

/** The largest whole number up to `most` for which this holds, where it holds for all smaller ones; 0 where for none. */
function largest(most: number, holds: (n: number) => boolean): number {
  let [good, bad] = [0, most + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/**
 * Each change that is enough by itself: the largest smaller batch, width and picture size, and the fewest first layers to freeze. Where none
 * is, one of several settings together; none where that does not help either.
 * @param learning how many layers learn: with all but the last frozen, something is left to train
 * @param fits whether a run like the chosen one with these changes is held
 */
export function whatFits(
  { batch, width, size }: Omit<Trial, 'frozen'>,
  learning: number,
  fits: (change: Change) => boolean,
): Change[] {
  const narrower = widths.filter((one) => one < width).map((one): Change => ({ width: one }));
  const smaller = shares.map((share): Change => {
    const part = (length: number) => Math.max(1, Math.round(length * share));
    return { size: { width: part(size.width), height: part(size.height) } };
  });
  const fewer = largest(batch - 1, (fewer) => fits({ batch: fewer }));
  // Of those that freeze less than all but one, how many are too few.
  const tooFew = largest(learning - 1, (frozen) => !fits({ frozen }));
  const single = [
    fewer > 0 ? { batch: fewer } : undefined,
    narrower.find(fits),
    tooFew < learning - 1 ? { frozen: tooFew + 1 } : undefined,
    smaller.find(fits),
  ].filter((change) => change !== undefined);
  if (single.length) return single;
  const one: Change = batch > 1 ? { batch: 1 } : {};
  const [narrowest = {}] = narrower.slice(-1);
  const several = [
    ...narrower.map((change) => ({ ...one, ...change })),
    ...smaller.map((change) => ({ ...one, ...narrowest, ...change })),
  ].filter((change) => Object.keys(change).length > 1);
  return several.filter(fits).slice(0, 1);
}

/**
 * A change in words.
 * @param layers the names of the layers that learn, in order
 */
export function changeText({ batch, width, size, frozen = 0 }: Change, layers: readonly string[]): string {
  const last = layers[frozen - 1];
  const ways = [
    batch === undefined ? '' : `batch size ${batch}`,
    width === undefined ? '' : `width ${width}`,
    size === undefined ? '' : `pictures of ${sizeText(size)}`,
    frozen > 1 ? `the first ${plural(frozen, 'layer')} frozen (up to ${last})` : '',
    frozen === 1 ? `the first layer frozen (${last})` : '',
  ].filter(Boolean);
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(ways);
}

/** All of them in a sentence. */
export function fitText(changes: readonly Change[], layers: readonly string[]): string {
  if (changes.length === 0) {
    return 'No smaller batch, width or picture would be enough: choose another network or backend.';
  }
  const texts = changes.map((change) => changeText(change, layers));
  return `It would fit with ${new Intl.ListFormat('en', { type: 'disjunction' }).format(texts)}.`;
}
