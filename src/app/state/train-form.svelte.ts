// The settings of a run while they are chosen.
import type { DatasetRecord, Size } from '../../data/types';
import type { BackendName } from '../../engine/backends';
import type { MemoryEstimate } from '../../nets/cost';
import { zooNetworks, zooPrototxt } from '../../nets/zoo';
import type { TrainSettings } from '../../training/types';
import type { TrainRequest } from '../public';
import { library } from './library.svelte';
import { machine } from './machine.svelte';
import { checkTraining, countDifferent, type TrainProblems } from './train-check';
import { narrowWidth, solvers, trainDefaults } from './train-defaults';
import { trainNetwork, type TrainNetwork } from './train-network';

export class TrainForm {
  name = $state('');
  datasetId = $state('');
  /** A built-in network's id, or one of one's own. */
  network = $state('fcn-alexnet');
  /** Undefined until a person chooses: then the machine's suggestion holds. */
  #width = $state<number | null | undefined>(undefined);
  epochs = $state<number | null>(trainDefaults.epochs);
  batch = $state<number | null>(trainDefaults.batch);
  learningRate = $state<number | null>(trainDefaults.learningRate);
  policy = $state(trainDefaults.policy);
  solver = $state(trainDefaults.solver);
  /** The model to start from; '' for random weights. */
  start = $state('');
  momentum = $state<number | null>(trainDefaults.momentum);
  weightDecay = $state<number | null>(trainDefaults.weightDecay);
  flip = $state(trainDefaults.flip);
  seed = $state<number | null>(trainDefaults.seed);
  backend = $state<BackendName | 'auto'>(trainDefaults.backend);

  get width(): number | null {
    if (this.#width !== undefined) return this.#width;
    // A network of one's own is as wide as it was written.
    return machine.slow && this.#choice?.kind === 'zoo' ? narrowWidth : trainDefaults.width;
  }

  set width(width: number | null) {
    this.#width = width;
  }

  constructor(dataset: string | null, network: string | null) {
    this.datasetId = dataset ?? '';
    if (network) this.network = network;
  }

  /** The chosen network as settings name it; null where there is none of that id. */
  get #choice(): TrainSettings['network'] | null {
    const own = library.network(this.network);
    if (own) return { kind: 'prototxt', text: own.prototxt };
    return zooNetworks.some(({ id }) => id === this.network) ? { kind: 'zoo', id: this.network } : null;
  }

  /** The network with these settings; null while some of them cannot be used. */
  readonly checked = $derived.by(() => {
    const { width } = this;
    const size = this.dataset?.tileSizes[0];
    return size && width !== null && width > 0 && width <= 4 ? this.#networkAt(width, size) : null;
  });

  #networkAt(width: number, { width: columns, height }: Size): TrainNetwork | null {
    const { dataset } = this;
    const choice = this.#choice;
    if (!choice || !dataset) return null;
    const text = choice.kind === 'zoo' ? zooPrototxt(choice.id) : choice.text;
    return trainNetwork(text, width, { width: columns, height }, dataset.classes.length);
  }

  /** What the chosen network would need at another width and picture size; null where it cannot be trained so. */
  memoryAt(width: number, size: Size): MemoryEstimate | null {
    const memory = this.#networkAt(width, size)?.description?.memory;
    return memory ? this.#withSolver(memory) : null;
  }

  /** What the network needs with these settings; null while some of them cannot be used. */
  readonly memory = $derived.by(() => {
    const memory = this.checked?.description?.memory;
    return memory ? this.#withSolver(memory) : null;
  });

  #withSolver(memory: MemoryEstimate): MemoryEstimate {
    const { keeps } = solvers.find(({ id }) => id === this.solver)!;
    const more = (keeps - 1) * memory.solver;
    return { ...memory, solver: memory.solver + more, training: memory.training + more };
  }

  /** The chosen dataset, or the newest that can be trained on while none is chosen. */
  get dataset(): DatasetRecord | null {
    const usable = library.datasets.find(
      ({ state, tiles }) => state !== 'importing' && tiles.train > 0 && tiles.val > 0,
    );
    return library.dataset(this.datasetId) ?? (this.datasetId === '' ? (usable ?? null) : null);
  }

  get problems(): TrainProblems {
    const problems = checkTraining(this, this.dataset);
    if (!this.#choice) {
      if (library.loaded) problems.network = 'This network is not stored any more. Choose another one.';
    } else if (this.checked?.problem) problems.network = this.checked.problem;
    return problems;
  }

  get different(): number {
    return countDifferent(this, trainDefaults);
  }

  /** The request for the verb, or null while something cannot be used. */
  request(): TrainRequest | null {
    const { dataset, width, epochs, batch, learningRate, momentum, weightDecay, seed } = this;
    const network = this.#choice;
    if (Object.keys(this.problems).length > 0 || !dataset || !network) return null;
    if (width === null || epochs === null || batch === null || learningRate === null) return null;
    if (momentum === null || weightDecay === null || seed === null) return null;
    return {
      ...(this.name.trim() ? { name: this.name.trim() } : {}),
      ...(this.start ? { start: this.start } : {}),
      dataset: dataset.id,
      network,
      width,
      epochs,
      batch,
      learningRate,
      policy: this.policy,
      solver: this.solver,
      momentum,
      weightDecay,
      flip: this.flip,
      seed,
      backend: this.backend,
    };
  }
}
