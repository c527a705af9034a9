// The class weights of a run while they are chosen.
import {
  countClasses,
  weightsOf,
  type ClassCounts,
  type ClassWeights,
  type WeightMode,
} from '../../data/class-weights';
import type { DatasetRecord } from '../../data/types';
import { listTiles } from '../../storage/datasets';
import { weightText } from './loss-settings';

export class ClassWeightsForm {
  mode = $state<WeightMode>('none');
  readonly #dataset: () => DatasetRecord | null;
  /** Of which dataset the tiles were counted, and what was found; labels may be annotated while the page is open. */
  #counted = $state.raw<{ dataset: DatasetRecord; counts: ClassCounts } | null>(null);
  #typed = $state.raw<{ dataset: string; weights: readonly (number | null)[] } | null>(null);
  #reading: DatasetRecord | null = null;
  /** Why the tiles could not be counted. */
  error = $state.raw<unknown>(null);

  constructor(dataset: () => DatasetRecord | null) {
    this.#dataset = dataset;
  }

  /** Counts the tiles of the dataset where that has not been done; to be called in an effect. */
  async read(): Promise<void> {
    const dataset = this.#dataset();
    if (!dataset || this.mode === 'none' || dataset === this.#reading) return;
    this.#reading = dataset;
    this.error = null;
    try {
      const tiles = await listTiles(dataset.id, 'train');
      if (this.#reading !== dataset) return;
      this.#counted = { dataset, counts: countClasses(tiles, dataset.classes.length) };
    } catch (error) {
      this.#reading = null;
      this.error = error;
    }
  }

  /** Of the training tiles; null until they were counted. */
  get counts(): ClassCounts | null {
    return this.#counted && this.#counted.dataset === this.#dataset() ? this.#counted.counts : null;
  }

  /** The weights that hold, null for what is no number; null with none, and until they are known. */
  get values(): readonly (number | null)[] | null {
    const dataset = this.#dataset();
    if (!dataset || this.mode === 'none') return null;
    if (this.mode === 'by-hand') {
      return this.#typed?.dataset === dataset.id ? this.#typed.weights : dataset.classes.map(() => 1);
    }
    return this.counts && weightsOf(this.mode, this.counts);
  }

  /** By hand begins with the numbers that are shown. */
  choose(mode: WeightMode): void {
    if (mode === 'by-hand') this.#keep(this.values);
    this.mode = mode;
  }

  /** Takes the weights of a run on this dataset; those that follow from the labels are computed again. */
  fill({ mode, weights }: ClassWeights): void {
    if (mode === 'by-hand') this.#keep(weights);
    this.mode = mode;
  }

  /** Sets one weight, and makes all of them a person's own. */
  set(position: number, weight: number | null): void {
    this.#keep(this.values?.map((value, c) => (c === position ? weight : value)) ?? null);
    this.mode = 'by-hand';
  }

  #keep(weights: readonly (number | null)[] | null): void {
    const dataset = this.#dataset();
    if (!dataset || !weights) return;
    const rounded = weights.map((weight) => (weight === null ? null : Number(weightText(weight))));
    this.#typed = { dataset: dataset.id, weights: rounded };
  }

  /** As a run's settings have them; the trainer computes those that follow from the labels. */
  get settings(): ClassWeights {
    if (this.mode !== 'by-hand') return { mode: this.mode, weights: null };
    return { mode: 'by-hand', weights: (this.values ?? []).map((weight) => weight ?? NaN) };
  }
}
