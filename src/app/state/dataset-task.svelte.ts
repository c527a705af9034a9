// Work on a stored dataset that goes on now: a merge of classes, a clone or an export, one at a time.
import type { TileProgress } from '../../data/tile-meter';
import type { DatasetId } from '../../data/types';

export type DatasetTaskKind = 'merge' | 'clone' | 'export';

export interface DatasetTask {
  kind: DatasetTaskKind;
  dataset: DatasetId;
  /** Of the dataset. */
  name: string;
  progress: TileProgress | null;
  cancelling: boolean;
}

const titles: Record<DatasetTaskKind, string> = {
  merge: 'Merging classes',
  clone: 'Cloning',
  export: 'Exporting',
};

class DatasetTasks {
  #current = $state.raw<DatasetTask | null>(null);

  get current(): DatasetTask | null {
    return this.#current;
  }

  /** What goes on, in a word or two. */
  get title(): string {
    return this.#current ? titles[this.#current.kind] : '';
  }

  begin(kind: DatasetTaskKind, dataset: DatasetId, name: string): void {
    this.#current = { kind, dataset, name, progress: null, cancelling: false };
  }

  progress(progress: TileProgress): void {
    if (this.#current) this.#current = { ...this.#current, progress };
  }

  cancelled(): void {
    if (this.#current) this.#current = { ...this.#current, cancelling: true };
  }

  end(): void {
    this.#current = null;
  }
}

export const datasetTasks = new DatasetTasks();
