// The settings of a run while they are chosen.
import { errorRecord } from '../../core/errors';
import { bgrMeans } from '../../data/statistics';
import type { DatasetRecord, Size } from '../../data/types';
import type { BackendName } from '../../engine/backends';
import { withMean } from '../../nets/mean-values';
import {
  isFrozen,
  learnedLayers,
  withMultipliers,
  type LayerMultipliers,
  type LearnedLayer,
  type Multipliers,
} from '../../nets/multipliers';
import { isFocal } from '../../nets/objective';
import { readNetwork } from '../../nets/read-network';
import { zooNetworks, zooPrototxt } from '../../nets/zoo';
import type { RunRecord, TrainSettings } from '../../training/types';
import type { TrainRequest } from '../public';
import { ClassWeightsForm } from './class-weights-form.svelte';
import { AugmentationForm } from './augmentation-form.svelte';
import { library } from './library.svelte';
import { machine } from './machine.svelte';
import { rateCurve } from './rate-curve';
import { checkTraining, countDifferent, typedParameters, type TrainProblems } from './train-check';
import { narrowWidth, trainDefaults } from './train-defaults';
import type { Preset, PresetSettings } from './train-presets';
import { storedStart } from './start-weights';
import { TrainMemory } from './train-memory.svelte';
import { trainNetwork, type TrainNetwork } from './train-network';

/** Chosen in the place of a network's id for one that only a run still has. */
export const AS_BEFORE = 'as-before';

export class TrainForm {
  name = $state('');
  datasetId = $state('');
  /** A built-in network's id, or one of one's own. */
  network = $state('fcn-alexnet');
  #earlier = $state<string | null>(null);
  /** Undefined until a person chooses: then the machine's suggestion holds. */
  #width = $state<number | null | undefined>(undefined);
  epochs = $state<number | null>(trainDefaults.epochs);
  batch = $state<number | null>(trainDefaults.batch);
  learningRate = $state<number | null>(trainDefaults.learningRate);
  accumulation = $state<number | null>(trainDefaults.accumulation);
  policy = $state(trainDefaults.policy);
  gamma = $state<number | null>(trainDefaults.policyParameters.gamma);
  power = $state<number | null>(trainDefaults.policyParameters.power);
  at = $state.raw<readonly number[] | null>(trainDefaults.policyParameters.at);
  warmup = $state<number | null>(trainDefaults.warmup);
  /** 0 for no bound. */
  clip = $state<number | null>(0);
  multipliers = $state.raw<LayerMultipliers>({});
  loss = $state(trainDefaults.loss);
  focalGamma = $state<number | null>(trainDefaults.focalGamma);
  readonly weights = new ClassWeightsForm(() => this.dataset);
  solver = $state(trainDefaults.solver);
  /** The model or the snapshot to start from, as state/start-weights.ts writes it; '' for random weights. */
  start = $state('');
  momentum = $state<number | null>(trainDefaults.momentum);
  weightDecay = $state<number | null>(trainDefaults.weightDecay);
  mean = $state(trainDefaults.mean);
  readonly augmentation = new AugmentationForm(trainDefaults.augmentation);
  seed = $state<number | null>(trainDefaults.seed);
  backend = $state<BackendName | 'auto'>(trainDefaults.backend);
  readonly memory = new TrainMemory(this);

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

  /** The settings that a preset decides, as they are typed. */
  get typed(): PresetSettings {
    const { batch, accumulation, learningRate, policy, warmup, solver, momentum, weightDecay } = this;
    const numbers = { batch, accumulation, learningRate, warmup, momentum, weightDecay };
    const known = Object.entries(numbers).map(([key, value]) => [key, value ?? NaN]);
    return {
      ...(Object.fromEntries(known) as Record<keyof typeof numbers, number>),
      policy,
      policyParameters: typedParameters(this),
      solver,
      clip: this.clip || null,
      augmentation: this.augmentation.settings,
    };
  }

  /** Fills in what a preset decides. */
  apply({ settings, scaledInput }: Preset): void {
    const { policyParameters, clip, augmentation, ...same } = settings;
    Object.assign(this, { ...same, ...policyParameters, clip: clip ?? 0 });
    this.augmentation.fill(augmentation);
    if (scaledInput && zooNetworks.some(({ id }) => id === `${this.network}-scaled`)) {
      this.network = `${this.network}-scaled`;
    }
  }

  /** Takes the settings of a run, and its starting weights where they are still stored. */
  fill({ settings, start }: RunRecord): void {
    const { policyParameters, multipliers, network, clip, dataset, width, ...rest } = settings;
    const { classWeights, augmentation, ...same } = rest;
    Object.assign(this, same);
    const { gamma, power, at } = policyParameters;
    Object.assign(this, { gamma, power, at, multipliers, clip: clip ?? 0, datasetId: dataset, width });
    this.weights.fill(classWeights);
    this.augmentation.fill(augmentation);
    this.start = storedStart(start);
    if (network.kind === 'zoo') {
      this.network = network.id;
      return;
    }
    const own = library.networks.find(({ prototxt }) => prototxt === network.text);
    this.#earlier = own ? null : network.text;
    this.network = own?.id ?? AS_BEFORE;
  }

  /** The text of a network that the run had and that is not among one's own any more; null where there is none. */
  get earlierNetwork(): string | null {
    return this.#earlier;
  }

  /** The chosen network as settings name it; null where there is none of that id. */
  get #choice(): TrainSettings['network'] | null {
    if (this.network === AS_BEFORE && this.#earlier !== null)
      return { kind: 'prototxt', text: this.#earlier };
    const own = library.network(this.network);
    if (own) return { kind: 'prototxt', text: own.prototxt };
    return zooNetworks.some(({ id }) => id === this.network) ? { kind: 'zoo', id: this.network } : null;
  }

  /** The network with these settings; null while some of them cannot be used. */
  readonly checked = $derived.by(() => {
    const { width } = this;
    const { augmentation, dataset } = this;
    const crop = augmentation.problems.crop ? null : augmentation.settings.crop;
    const size = crop ?? dataset?.tileSizes[0];
    return size && width !== null && width > 0 && width <= 4 ? this.networkAt(width, size) : null;
  });

  /** The network as it would be trained at a width and size of picture; null while there is none. */
  networkAt(width: number, { width: columns, height }: Size): TrainNetwork | null {
    const { dataset } = this;
    const text = this.#text;
    if (text === null || !dataset) return null;
    return trainNetwork(
      withMultipliers(text, this.#ownMultipliers),
      width,
      { width: columns, height },
      dataset.classes.length,
    );
  }

  /** Why the network cannot subtract what is chosen. */
  get #meanProblem(): string | null {
    const { dataset, mean } = this;
    const text = this.#text;
    if (mean === 'network' || !dataset || text === null) return null;
    try {
      withMean(text, mean, bgrMeans(dataset));
      return null;
    } catch (error) {
      return errorRecord(error).message;
    }
  }

  get #text(): string | null {
    const choice = this.#choice;
    return choice && (choice.kind === 'zoo' ? zooPrototxt(choice.id) : choice.text);
  }

  /** Those of layers that this network has: another one may have been chosen since. */
  get #ownMultipliers(): LayerMultipliers {
    const chosen = Object.entries(this.multipliers);
    return Object.fromEntries(chosen.filter(([name]) => this.layers.some((layer) => layer.name === name)));
  }

  /** The layers that learn, as the network's text has them. */
  readonly layers = $derived.by(() => {
    const text = this.#text;
    try {
      return text === null ? [] : learnedLayers(readNetwork(text));
    } catch {
      // What is wrong with the network is said where it is chosen.
      return [];
    }
  });

  /** A layer's multipliers as they are chosen. */
  blobsOf(layer: LearnedLayer): readonly Multipliers[] {
    return this.multipliers[layer.name] ?? layer.blobs;
  }

  /** Chooses a layer's multipliers; those of the text again are no choice. */
  setMultipliers({ name, blobs }: LearnedLayer, chosen: readonly Multipliers[]): void {
    const isText = chosen.every(
      ({ lrMult, decayMult }, i) => lrMult === blobs[i]!.lrMult && decayMult === blobs[i]!.decayMult,
    );
    const others = Object.entries(this.multipliers).filter(([other]) => other !== name);
    const own = chosen.map(({ lrMult, decayMult }) => ({ lrMult, decayMult }));
    this.multipliers = Object.fromEntries(isText ? others : [...others, [name, own]]);
  }

  /** Freezes a layer, or lets it learn again: as its text says, or at the plain rate where that freezes it. */
  freeze(layer: LearnedLayer, frozen: boolean): void {
    const learning = isFrozen(layer.blobs) ? layer.blobs.map((one) => ({ ...one, lrMult: 1 })) : layer.blobs;
    this.setMultipliers(layer, frozen ? layer.blobs.map((one) => ({ ...one, lrMult: 0 })) : learning);
  }

  /** The learning rate by epoch; null while it cannot be calculated. */
  readonly rateCurve = $derived.by(() => {
    const { dataset, epochs, batch, accumulation, learningRate, warmup, policy, problems } = this;
    const needed = ['epochs', 'batch', 'accumulation', 'learningRate', 'warmup', 'policyParameters'] as const;
    if (needed.some((key) => problems[key]) || !dataset) return null;
    const perEpoch = Math.ceil(Math.ceil(dataset.tiles.train / batch!) / accumulation!);
    const schedule = { learningRate: learningRate!, policy, policyParameters: typedParameters(this) };
    return rateCurve(schedule, perEpoch, epochs!, warmup!);
  });

  /** The chosen dataset, or the newest that can be trained on while none is chosen. */
  get dataset(): DatasetRecord | null {
    const usable = library.datasets.find(
      ({ state, tiles }) => state !== 'importing' && tiles.train > 0 && tiles.val > 0,
    );
    return library.dataset(this.datasetId) ?? (this.datasetId === '' ? (usable ?? null) : null);
  }

  get problems(): TrainProblems {
    const problems = checkTraining(this, this.augmentation.settings, this.dataset);
    if (!this.#choice) {
      if (library.loaded) problems.network = 'This network is not stored any more. Choose another one.';
    } else if (this.checked?.problem) problems.network = this.checked.problem;
    else if (this.#meanProblem) problems.mean = this.#meanProblem;
    return problems;
  }

  get different(): number {
    const { policy, warmup, accumulation, solver, momentum, weightDecay, mean, seed, backend } = this;
    const typed = { policy, warmup, accumulation, solver, momentum, weightDecay, mean, seed, backend };
    const own = { policyParameters: typedParameters(this), clip: this.clip || null };
    const objective = { loss: this.loss, focalGamma: this.#gamma, classWeights: this.weights.settings };
    return countDifferent(
      { ...typed, ...own, ...objective, multipliers: this.#ownMultipliers },
      trainDefaults,
    );
  }

  /** A loss without a gamma has the default's. */
  get #gamma(): number {
    return isFocal(this.loss) ? (this.focalGamma ?? NaN) : trainDefaults.focalGamma;
  }

  /** The request for the verb, or null while something cannot be used. */
  request(): TrainRequest | null {
    const { dataset, width, epochs, batch, learningRate, momentum, weightDecay, seed } = this;
    const network = this.#choice;
    if (Object.keys(this.problems).length > 0 || !dataset || !network) return null;
    if (width === null || epochs === null || batch === null || learningRate === null) return null;
    if (momentum === null || weightDecay === null || seed === null) return null;
    const { accumulation, warmup } = this;
    if (accumulation === null || warmup === null) return null;
    return {
      ...(this.name.trim() ? { name: this.name.trim() } : {}),
      ...(this.start ? { start: this.start } : {}),
      dataset: dataset.id,
      network,
      width,
      epochs,
      batch,
      learningRate,
      accumulation,
      policy: this.policy,
      policyParameters: typedParameters(this),
      warmup,
      clip: this.clip || null,
      multipliers: this.#ownMultipliers,
      loss: this.loss,
      focalGamma: this.#gamma,
      classWeights: this.weights.settings,
      solver: this.solver,
      momentum,
      weightDecay,
      augmentation: this.augmentation.settings,
      mean: this.mean,
      seed,
      backend: this.backend,
    };
  }
}
