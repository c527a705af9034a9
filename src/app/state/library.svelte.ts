// What is stored: datasets, runs, models. Read from storage, replaced as a whole, never written here.
import type { DatasetRecord } from '../../data/types';
import { listDatasets } from '../../storage/datasets';
import { listModels } from '../../storage/models';
import { getRun, listRuns } from '../../storage/runs';
import type { ModelRecord, RunId, RunRecord } from '../../training/types';

/** A model without its weights, which may be hundreds of megabytes. */
export type ModelSummary = Omit<ModelRecord, 'file'> & { sizeBytes: number };

class Library {
  #datasets = $state.raw<DatasetRecord[]>([]);
  #runs = $state.raw<RunRecord[]>([]);
  #models = $state.raw<ModelSummary[]>([]);
  #loaded = $state(false);
  #problem = $state.raw<unknown>(null);

  get datasets(): DatasetRecord[] {
    return this.#datasets;
  }

  get runs(): RunRecord[] {
    return this.#runs;
  }

  get models(): ModelSummary[] {
    return this.#models;
  }

  /** True after the first look at storage; before, an empty list says nothing. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Why storage could not be read, if it could not. */
  get problem(): unknown {
    return this.#problem;
  }

  dataset(id: string): DatasetRecord | undefined {
    return this.#datasets.find((dataset) => dataset.id === id);
  }

  run(id: string): RunRecord | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  async refresh(): Promise<void> {
    await Promise.all([this.refreshDatasets(), this.refreshRuns(), this.refreshModels()]);
    this.#loaded = true;
  }

  async refreshDatasets(): Promise<void> {
    await this.#read(async () => (this.#datasets = await listDatasets()));
  }

  async refreshRuns(): Promise<void> {
    await this.#read(async () => (this.#runs = await listRuns()));
  }

  /** Reads one run again: a long list of runs with their curves would hold up the page while one of them trains. */
  async refreshRun(id: RunId): Promise<void> {
    await this.#read(async () => {
      const record = await getRun(id);
      if (record) this.#runs = this.#runs.map((run) => (run.id === id ? record : run));
    });
  }

  async refreshModels(): Promise<void> {
    await this.#read(async () => {
      const models = await listModels();
      this.#models = models.map(({ file, ...rest }) => ({ ...rest, sizeBytes: file.size }));
    });
  }

  async #read(read: () => Promise<unknown>): Promise<void> {
    try {
      await read();
      this.#problem = null;
    } catch (error) {
      this.#problem = error;
    }
  }
}

export const library = new Library();
