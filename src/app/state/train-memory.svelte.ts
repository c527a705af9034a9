// The memory of a run while its settings are chosen: what a step takes, whether this machine holds it, and what would fit where it does not.
import type { Size } from '../../data/types';
import type { BackendReport } from '../../engine/backends';
import { isFrozen } from '../../nets/multipliers';
import type { MemoryPlan } from '../../nets/plan/bytes';
import { machine } from './machine.svelte';
import { whatFits, type Change } from './memory-fit';
import { memoryPlan, withFrozen } from './memory-plan';
import { memoryVerdict, type MemoryVerdict } from './memory-verdict';
import type { TrainForm } from './train-form.svelte';

export class TrainMemory {
  readonly #form: TrainForm;

  constructor(form: TrainForm) {
    this.#form = form;
  }

  /** The backend that would do the work; null while it is not known. */
  get backend(): BackendReport | null {
    const { backend } = this.#form;
    if (backend === 'auto') return machine.best;
    return machine.backends.find(({ name }) => name === backend) ?? null;
  }

  /** Pictures per step; one while no number that can be used is chosen. */
  get batch(): number {
    return this.#form.problems.batch ? 1 : (this.#form.batch ?? 1);
  }

  /** The names of the layers that learn with these settings, in order. */
  get layers(): string[] {
    const form = this.#form;
    return form.layers.filter((layer) => !isFrozen(form.blobsOf(layer))).map(({ name }) => name);
  }

  /** The bytes of a step; null while some settings cannot be used. */
  readonly plan: MemoryPlan | null = $derived.by(() => this.#planWith({}));

  readonly verdict: MemoryVerdict | null = $derived(this.plan && memoryVerdict(this.plan, this.backend));

  /** What would fit, where this does not. */
  readonly changes: readonly Change[] = $derived.by(() => {
    const { width } = this.#form;
    const size = this.#size;
    if (this.verdict?.fits !== false || !size || width === null) return [];
    return whatFits({ batch: this.batch, width, size }, this.layers.length, (change) => {
      const plan = this.#planWith(change);
      return plan !== null && memoryVerdict(plan, this.backend).fits !== false;
    });
  });

  /** Makes a change of the form's own settings; the size of the pictures is the dataset's. */
  apply({ batch, width, frozen = 0 }: Change): void {
    const form = this.#form;
    const freeze = this.layers.slice(0, frozen);
    if (batch !== undefined) form.batch = batch;
    if (width !== undefined) form.width = width;
    for (const layer of form.layers) if (freeze.includes(layer.name)) form.freeze(layer, true);
  }

  /** Of the dataset's pictures the largest. */
  get #size(): Size | null {
    const sizes = this.#form.dataset?.tileSizes ?? [];
    const area = ({ width, height }: Size) => width * height;
    return sizes.reduce<Size | null>((most, size) => (most && area(most) >= area(size) ? most : size), null);
  }

  #planWith({ batch = this.batch, width, size, frozen = 0 }: Change): MemoryPlan | null {
    const form = this.#form;
    const pictures = size ?? this.#size;
    if (!pictures) return null;
    const isChosen = width === undefined && size === undefined;
    const network = isChosen ? form.checked : form.networkAt(width ?? form.width!, pictures);
    if (!network?.spec) return null;
    const spec = withFrozen(network.spec, this.layers.slice(0, frozen));
    const way = { solver: form.solver, accumulation: form.accumulation ?? 1, clips: Boolean(form.clip) };
    return memoryPlan(spec, pictures, batch, this.backend, way);
  }
}
