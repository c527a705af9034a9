// What is stored: datasets, networks, runs, models. Read from storage, replaced as a whole, never written here.
import type { DatasetRecord } from '../../data/types';
import type { NetworkRecord } from '../../nets/network-record';
import { listDatasets } from '../../storage/datasets';
import { listModels } from '../../storage/models';
import { listNetworks } from '../../storage/networks';
import { getRun, listRuns } from '../../storage/runs';
import type { ModelRecord, RunId, RunRecord } from '../../training/types';

/** A model without its weights, which may be hundreds of megabytes. */
export type ModelSummary = Omit<ModelRecord, 'file'> & { sizeBytes: number };

class Library {
  #datasets = $state.raw<DatasetRecord[]>([]);
  #networks = $state.raw<NetworkRecord[]>([]);
  #runs = $state.raw<RunRecord[]>([]);
  #models = $state.raw<ModelSummary[]>([]);
  #loaded = $state(false);
  #problem = $state.raw<unknown>(null);
  /** Tells other tabs that networks changed: one may be open in two of them. */
  readonly #otherTabs = new BroadcastChannel('intarsia-networks');

  constructor() {
    this.#otherTabs.onmessage = () => void this.refreshNetworks();
  }

  get datasets(): DatasetRecord[] {
    return this.#datasets;
  }

  get networks(): NetworkRecord[] {
    return this.#networks;
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

  network(id: string): NetworkRecord | undefined {
    return this.#networks.find((network) => network.id === id);
  }

  run(id: string): RunRecord | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  async refresh(): Promise<void> {
    await Promise.all([
      this.refreshDatasets(),
      this.refreshNetworks(),
      this.refreshRuns(),
      this.refreshModels(),
    ]);
    this.#loaded = true;
  }

  async refreshDatasets(): Promise<void> {
    await this.#read(async () => (this.#datasets = await listDatasets()));
  }

  async refreshNetworks(): Promise<void> {
    await this.#read(async () => (this.#networks = await listNetworks()));
  }

  /** To be called after one was stored or deleted. */
  async networksChanged(): Promise<void> {
    this.#otherTabs.postMessage(null);
    await this.refreshNetworks();
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
