// What a run was trained on, in a few bytes, so that a change of its dataset is noticed before it goes on.
import { random32 } from '../core/random';
import type { DatasetRecord, Split, TileFacts } from './types';

export interface Manifest {
  tiles: Record<Split, number>;
  /** The ids of the classes in their order. */
  classes: number[];
  /** Of every tile's name, place, size and labelled pixels per class; 64 bits in hexadecimal. */
  digest: string;
}

/** @param facts every tile of the split, in the order of their indices */
export function manifestOf(
  { tiles, classes }: Pick<DatasetRecord, 'tiles' | 'classes'>,
  facts: Record<Split, readonly TileFacts[]>,
): Manifest {
  const digest = [1, 2].map((seed) =>
    splits.reduce(
      (hash, split) => facts[split].reduce((sum, tile) => random32(sum, textOf(tile)), hash),
      seed,
    ),
  );
  return {
    tiles: { ...tiles },
    classes: classes.map(({ id }) => id),
    digest: digest.map((word) => word.toString(16).padStart(8, '0')).join(''),
  };
}

const splits = ['train', 'val'] as const;

const textOf = ({ split, name, x, y, width, height, pixels }: TileFacts) =>
  [split, name, x, y, width, height, pixels.void, ...pixels.classes].join();

/** How a dataset differs from what it was, as sentences; none where it does not. */
export function manifestChanges(before: Manifest, now: Manifest): string[] {
  const changes = splits
    .filter((split) => before.tiles[split] !== now.tiles[split])
    .map(
      (split) =>
        `It had ${before.tiles[split]} ${split === 'train' ? 'training' : 'validation'} tiles and has ${now.tiles[split]}.`,
    );
  if (before.classes.join() !== now.classes.join()) {
    changes.push(
      before.classes.length === now.classes.length
        ? 'Its classes were changed.'
        : `It had ${before.classes.length} classes and has ${now.classes.length}.`,
    );
  }
  if (!changes.length && before.digest !== now.digest) changes.push('Labels of its pictures were changed.');
  return changes;
}
