// The settings of a run while they are chosen.
import type { DatasetRecord } from '../../data/types';
import type { BackendName } from '../../engine/backends';
import type { TrainRequest } from '../public';
import { library } from './library.svelte';
import { machine } from './machine.svelte';
import { checkTraining, countDifferent, type TrainProblems } from './train-check';
import { narrowWidth, trainDefaults } from './train-defaults';

export class TrainForm {
  name = $state('');
  datasetId = $state('');
  network = $state('fcn-alexnet');
  /** Undefined until a person chooses: then the machine's suggestion holds. */
  #width = $state<number | null | undefined>(undefined);
  epochs = $state<number | null>(trainDefaults.epochs);
  batch = $state<number | null>(trainDefaults.batch);
  learningRate = $state<number | null>(trainDefaults.learningRate);
  policy = $state(trainDefaults.policy);
  /** The model to start from; '' for random weights. */
  start = $state('');
  momentum = $state<number | null>(trainDefaults.momentum);
  weightDecay = $state<number | null>(trainDefaults.weightDecay);
  flip = $state(trainDefaults.flip);
  seed = $state<number | null>(trainDefaults.seed);
  backend = $state<BackendName | 'auto'>(trainDefaults.backend);

  get width(): number | null {
    return this.#width === undefined ? (machine.slow ? narrowWidth : trainDefaults.width) : this.#width;
  }

  set width(width: number | null) {
    this.#width = width;
  }

  constructor(dataset: string | null) {
    this.datasetId = dataset ?? '';
  }

  /** The chosen dataset, or the newest that can be trained on while none is chosen. */
  get dataset(): DatasetRecord | null {
    const usable = library.datasets.find(
      ({ state, tiles }) => state !== 'importing' && tiles.train > 0 && tiles.val > 0,
    );
    return library.dataset(this.datasetId) ?? (this.datasetId === '' ? (usable ?? null) : null);
  }

  get problems(): TrainProblems {
    return checkTraining(this, this.dataset);
  }

  get different(): number {
    return countDifferent(this, trainDefaults);
  }

  /** The request for the verb, or null while something cannot be used. */
  request(): TrainRequest | null {
    const { dataset, width, epochs, batch, learningRate, momentum, weightDecay, seed } = this;
    if (Object.keys(this.problems).length > 0 || !dataset) return null;
    if (width === null || epochs === null || batch === null || learningRate === null) return null;
    if (momentum === null || weightDecay === null || seed === null) return null;
    return {
      ...(this.name.trim() ? { name: this.name.trim() } : {}),
      ...(this.start ? { start: this.start } : {}),
      dataset: dataset.id,
      network: { kind: 'zoo', id: this.network },
      width,
      epochs,
      batch,
      learningRate,
      policy: this.policy,
      momentum,
      weightDecay,
      flip: this.flip,
      seed,
      backend: this.backend,
    };
  }
}
