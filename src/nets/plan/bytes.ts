// The bytes of a training step, planned: the sweep (engine/sweep.ts) over shapes alone, with the lifetime of every blob, gradient, parameter, value
// of the solver, kept mask and scratch buffer, and the most that all of them take at one moment.
import { historyLength, type SolverName } from '../solvers';
import type { NetSpec } from '../spec';
import { bytesOf, stepBytes, type Kernels, type StepBytes } from './layer-bytes';
import { learnedBlobs, solverMultipliers } from './learned-blobs';
import { Ledger, type Block, type ByteKind } from './ledger';
import { planNetwork, stepsFor, type Plan, type Purpose, type Step } from './plan';
import { countReaders, countUsers, firstBlock } from './readers';
import { blobShapes } from './step-shapes';

export interface BytesOptions {
  /** A training step, or a forward pass to the scores, or to loss and predictions. */
  purpose: Exclude<Purpose, 'blobs'>;
  kernels: Kernels;
  /** The solver, which keeps values of each parameter that learns. */
  solver: SolverName;
  /** Batches whose gradients are summed for one step. */
  accumulation: number;
  /** Whether the norm of all gradients is bounded: then all of them wait until it is known. */
  clips: boolean;
  /** Whether the first block is computed again on the way back instead of kept. */
  recompute: boolean;
}

/** One step with momentum, everything kept. */
export const plainStep: BytesOptions = {
  purpose: 'training',
  kernels: 'webgpu',
  solver: 'SGD',
  accumulation: 1,
  clips: false,
  recompute: false,
};

/** What a step takes at its peak, by kind and in all. */
export interface MemoryEstimate extends Record<ByteKind, number> {
  total: number;
  /** The layer and direction of the peak. */
  at: string;
  /** The largest single tensor, which must fit one buffer of a graphics adapter. */
  largest: { name: string; bytes: number };
}

export interface MemoryPlan {
  estimate: MemoryEstimate;
  /** Whether the first block is computed again on the way back, because otherwise the step would not fit. */
  recompute: boolean;
}

/**
 * The bytes of a training step or another pass; of a network without a loss, those of a forward pass.
 * @param data N x H x W x C.
 * @throws AppError 'bad-network' where the network cannot be run at this size.
 */
export function planBytes(
  spec: NetSpec,
  data: readonly [number, number, number, number],
  options: BytesOptions,
): MemoryEstimate {
  return new BytePlan(spec, data, options).estimate();
}

/**
 * The plan with everything kept, or, where that would take more than `limit` bytes, with the first block computed again if that takes less.
 * @throws AppError 'bad-network' as planBytes.
 */
export function planWithin(
  spec: NetSpec,
  data: readonly [number, number, number, number],
  options: Omit<BytesOptions, 'recompute'>,
  limit: number,
): MemoryPlan {
  const estimate = planBytes(spec, data, { ...options, recompute: false });
  if (estimate.total <= limit || options.purpose !== 'training') return { estimate, recompute: false };
  const again = planBytes(spec, data, { ...options, recompute: true });
  return again.total < estimate.total ? { estimate: again, recompute: true } : { estimate, recompute: false };
}

function wantedOf({ losses, scores, predictions }: Plan, purpose: BytesOptions['purpose']): number[] {
  const values = losses.map(({ value }) => value);
  if (purpose === 'testing') return [predictions ?? scores, ...values];
  return purpose === 'training' && values.length ? values : [scores];
}

/** A step's saved values and what it has besides. */
interface Saved {
  blocks: Block[];
  kept: Block | null;
}

class BytePlan {
  readonly #plan: Plan;
  readonly #options: BytesOptions;
  readonly #steps: Step[];
  readonly #returns: ReadonlySet<Step>;
  readonly #block: ReadonlySet<Step>;
  readonly #wanted: number[];
  readonly #shapes: ReturnType<typeof blobShapes>;
  readonly #ledger = new Ledger();
  readonly #data: Block;
  /** By parameter, whether the solver moves it. */
  readonly #learns = new Map<string, boolean>();
  readonly #saved = new Map<Step, Saved>();
  readonly #sums = new Map<string, Block>();
  #largest = { name: '', bytes: 0 };

  constructor(spec: NetSpec, data: readonly [number, number, number, number], options: BytesOptions) {
    this.#options = options;
    this.#plan = planNetwork(spec, options.purpose);
    this.#wanted = wantedOf(this.#plan, options.purpose);
    this.#steps = stepsFor(this.#plan, this.#wanted);
    this.#shapes = blobShapes(this.#plan, this.#steps, data);
    this.#returns = new Set(
      options.purpose === 'training' ? this.#steps.filter((step) => step.backward) : [],
    );
    this.#block = new Set(options.recompute ? firstBlock(this.#steps) : []);
    const reached = new Set([...this.#returns].flatMap(({ wants, params }) => (wants.params ? params : [])));
    for (const blob of learnedBlobs(spec)) {
      if (blob.name !== blob.owner) continue;
      const bytes = this.#tensor('weights', blob.name, blob.shape).bytes;
      const learns = solverMultipliers(blob).lrMult !== 0 && reached.has(blob.name);
      this.#learns.set(blob.name, learns);
      if (!learns) continue;
      this.#ledger.hold('solver', historyLength[options.solver] * bytes);
      if (options.accumulation > 1) this.#sums.set(blob.name, this.#ledger.hold('gradients', bytes));
    }
    this.#data = this.#tensor('activations', 'data', data);
  }

  estimate(): MemoryEstimate {
    // On its way to the graphics processor, the batch is there twice.
    if (this.#options.kernels === 'webgpu') this.#ledger.use(this.#data.bytes);
    const saves = (step: Step) => this.#returns.has(step) && !this.#block.has(step);
    this.#forward(this.#steps, countReaders(this.#steps, this.#wanted, saves), saves);
    this.#backward();
    this.#waitingSteps();
    const { total, kinds, at } = this.#ledger.peak;
    return { ...kinds, total, at, largest: this.#largest };
  }

  #tensor(kind: ByteKind, name: string, shape: readonly number[]): Block {
    const bytes = bytesOf(shape);
    if (bytes > this.#largest.bytes) this.#largest = { name, bytes };
    return this.#ledger.hold(kind, bytes);
  }

  #bytesOf(step: Step): StepBytes {
    const { parameters } = this.#plan;
    return stepBytes(
      step,
      {
        bottoms: step.inputs.map((value) => this.#shapes.get(value) ?? []),
        tops: step.outputs.map((value) => this.#shapes.get(value)!),
        params: step.params.map((name) => parameters.get(name)!),
      },
      this.#options.kernels,
    );
  }

  #forward(
    steps: Iterable<Step>,
    readers: ReadonlyMap<number, number>,
    saves: (step: Step) => boolean,
  ): void {
    const { data, names } = this.#plan;
    const left = new Map(readers);
    const values = new Map([[data, this.#data]]);
    const release = (value: number) => {
      const more = (left.get(value) ?? 0) - 1;
      left.set(value, more);
      if (more === 0 && value !== data) values.get(value)?.release();
    };
    for (const step of steps) {
      this.#ledger.begin(`${step.layer.name}, forward`);
      const { kept, forward, topsShare } = this.#bytesOf(step);
      const [source] = step.inputs;
      for (const value of step.outputs) {
        const shared = topsShare ? values.get(source!) : undefined;
        const block =
          shared?.share() ?? this.#tensor('activations', names.get(value)!, this.#shapes.get(value)!);
        values.set(value, block);
      }
      const keeps = this.#ledger.hold('activations', kept);
      this.#ledger.use(forward);
      for (const value of step.outputs) if (!left.get(value)) values.get(value)!.release();
      if (saves(step)) {
        const bottoms = step.inputs.filter((_, i) => step.keeps.bottoms[i]);
        const saved = [...bottoms, ...(step.keeps.tops ? step.outputs : [])];
        // Each is a reader of its own, and goes when backward has run.
        const blocks = saved.flatMap((value) => {
          const block = values.get(value);
          return block ? [block.share()] : [];
        });
        saved.forEach(release);
        this.#saved.set(step, { blocks, kept: keeps });
      } else {
        keeps.release();
      }
      step.inputs.forEach(release);
    }
  }

  #backward(): void {
    const users = countUsers(this.#returns);
    const gradients = new Map<string, Block>();
    const ofValues = new Map<number, Block>();
    const losses = new Set(this.#plan.losses.map(({ value }) => value));
    let isAgain = false;
    for (const step of [...this.#returns].toReversed()) {
      if (this.#block.has(step) && !isAgain) {
        isAgain = true;
        const saves = (one: Step) => this.#returns.has(one);
        this.#forward(this.#block, countReaders([...this.#block], [], saves), saves);
      }
      this.#ledger.begin(`${step.layer.name}, backward`);
      const { backward, gradientsShare } = this.#bytesOf(step);
      const saved = this.#saved.get(step)!;
      const dTops = step.outputs.flatMap((value) => ofValues.get(value) ?? []);
      if (dTops.length || losses.has(step.outputs[0]!)) {
        if (step.wants.params) this.#paramGradients(step, gradients);
        const shared = gradientsShare === 'kept' ? saved.kept : gradientsShare === 'top' ? dTops[0] : null;
        step.inputs.forEach((value, i) => {
          if (!step.wants.bottoms[i]) return;
          const bytes = bytesOf(this.#shapes.get(value)!);
          const made = shared?.share() ?? this.#ledger.hold('gradients', bytes);
          this.#accumulate(ofValues, value, made);
        });
        this.#ledger.use(backward);
      }
      saved.blocks.forEach((block) => block.release());
      saved.kept?.release();
      dTops.forEach((block) => block.release());
      step.outputs.forEach((value) => ofValues.delete(value));
      for (const name of step.params) {
        const left = users.get(name)! - 1;
        users.set(name, left);
        const gradient = gradients.get(name);
        if (left > 0 || !gradient) continue;
        gradients.delete(name);
        this.#take(name, gradient);
      }
    }
  }

  #paramGradients(step: Step, gradients: Map<string, Block>): void {
    for (const name of step.params) {
      const block = this.#ledger.hold('gradients', bytesOf(this.#plan.parameters.get(name)!));
      if (this.#learns.get(name)) this.#accumulate(gradients, name, block);
      else block.release();
    }
  }

  /** The sum is made before its parts go. */
  #accumulate<Key>(gradients: Map<Key, Block>, key: Key, block: Block): void {
    const before = gradients.get(key);
    gradients.set(key, before ? this.#ledger.hold('gradients', block.bytes) : block);
    if (!before) return;
    before.release();
    block.release();
  }

  /** A gradient is whole: the solver's, or to wait for those of other batches or other layers. */
  #take(name: string, gradient: Block): void {
    const { accumulation, clips } = this.#options;
    if (accumulation > 1) this.#accumulate(this.#sums, name, gradient);
    else if (clips) this.#sums.set(name, gradient);
    else this.#update(gradient);
  }

  /** In place on the graphics processor, but for AdaDelta's step; anywhere else there is the new before the old goes. */
  #update(gradient: Block): void {
    const { kernels, solver } = this.#options;
    const keeps = historyLength[solver];
    const step = solver === 'AdaDelta' ? 1 : 0;
    const made = { webgpu: step, wasm: 1 + keeps, cpu: 1 + keeps, webgl: 4 + 3 * keeps }[kernels];
    this.#ledger.use(made * gradient.bytes);
    gradient.release();
  }

  /** The solver's step where gradients had to wait: each is scaled first. */
  #waitingSteps(): void {
    for (const [name, gradient] of this.#sums) {
      this.#ledger.begin(`${name}, update`);
      // The squares that the norm adds up.
      if (this.#options.clips) this.#ledger.use(gradient.bytes);
    }
    for (const [name, gradient] of this.#sums) {
      this.#ledger.begin(`${name}, update`);
      const scaled = this.#ledger.hold('gradients', gradient.bytes);
      gradient.release();
      this.#update(scaled);
    }
  }
}
