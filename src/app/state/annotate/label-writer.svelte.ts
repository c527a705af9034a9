// Label maps on their way into storage: each finished stroke is written at once, in order, and never forgotten.
import type { TileKey } from '../../../data/types';
import { loader } from '../../../rpc/workers';

/** A tile's label map, and the ids of the classes that its values stand for. */
export interface LabelledTile {
  key: TileKey;
  labels: Uint8Array;
  classIds: readonly number[];
}

type Put = (tile: LabelledTile) => Promise<void>;

export class LabelWriter {
  /** The newest map of each tile that has not been stored. */
  #waiting: readonly LabelledTile[] = [];
  readonly #put: Put;
  #busy: Promise<void> | null = null;
  #unstored = $state(0);
  #error = $state.raw<unknown>(null);

  constructor(put: Put) {
    this.#put = put;
  }

  /** How many tiles have a label map that is not stored yet. */
  get unstored(): number {
    return this.#unstored;
  }

  /** Why the last map could not be stored; it is kept and stored by `retry`. */
  get error(): unknown {
    return this.#error;
  }

  /** Stores a copy of a tile's label map; where an older one of the same tile still waits, it takes its place. */
  store(tile: LabelledTile): void {
    const copy = { ...tile, labels: tile.labels.slice() };
    this.#wait([...this.#waiting.filter(({ key }) => !sameTile(key, tile.key)), copy]);
    this.retry();
  }

  /** Tries again what could not be stored. */
  retry(): void {
    this.#busy ??= this.#work().finally(() => {
      this.#busy = null;
      // What came in the last moment.
      if (this.#waiting.length > 0 && !this.#error) this.retry();
    });
  }

  /** Forgets what could not be stored. */
  giveUp(): void {
    this.#wait([]);
    this.#error = null;
  }

  /** Settles when all is stored that can be. */
  async settled(): Promise<void> {
    await this.#busy;
  }

  async #work(): Promise<void> {
    const failed: LabelledTile[] = [];
    for (;;) {
      const mine = this.#waiting.find((one) => !failed.includes(one));
      if (!mine) break;
      try {
        await this.#put(mine);
        // A newer map of the same tile is another entry, and stays.
        this.#wait(this.#waiting.filter((one) => one !== mine));
      } catch (error) {
        failed.push(mine);
        this.#error = error;
      }
    }
    if (failed.length === 0) this.#error = null;
  }

  #wait(tiles: readonly LabelledTile[]): void {
    this.#waiting = tiles;
    this.#unstored = tiles.length;
  }
}

const sameTile = (a: TileKey, b: TileKey) =>
  a.dataset === b.dataset && a.split === b.split && a.index === b.index;

export const labelWriter = new LabelWriter((tile) =>
  loader().storeLabels(tile.key, tile.labels, tile.classIds),
);
