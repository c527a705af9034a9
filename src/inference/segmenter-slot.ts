// The one model on the device: kept for the next image, replaced only between two pieces of work.
import type { BackendChoice, BackendName } from '../engine/backends';
import { runningDevice } from '../engine/gpu-devices';
import type { ModelRecord } from '../training/types';
import { Segmenter } from './segment';

export class SegmenterSlot {
  readonly #choose: (name: BackendName | 'auto') => Promise<BackendChoice>;
  #kept: Segmenter | null = null;
  #lastTurn: Promise<unknown> = Promise.resolve();

  /** `choose` makes a backend the running one and says which it is. */
  constructor(choose: (name: BackendName | 'auto') => Promise<BackendChoice>) {
    this.#choose = choose;
  }

  /** Runs `work` with the model on the device, after all work that was asked for before. */
  use<Result>(
    model: ModelRecord,
    backend: BackendName | 'auto',
    work: (segmenter: Segmenter, choice: BackendChoice) => Promise<Result>,
  ): Promise<Result> {
    return this.#inTurn(async () => {
      const choice = await this.#choose(backend);
      return work(await this.#open(model, choice.name), choice);
    });
  }

  /** Runs `work` with no model on the device, after all work that was asked for before. */
  alone<Result>(
    backend: BackendName | 'auto',
    work: (choice: BackendChoice) => Promise<Result>,
  ): Promise<Result> {
    return this.#inTurn(async () => {
      this.#drop();
      return work(await this.#choose(backend));
    });
  }

  /** Takes the model off the device once nothing uses it; `then` runs before the next work does. */
  clear(then: () => void): Promise<void> {
    return this.#inTurn(async () => {
      this.#drop();
      then();
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #open(model: ModelRecord, backend: BackendName): Promise<Segmenter> {
    const kept = this.#kept;
    // A run's model keeps its id from epoch to epoch, but not its date.
    if (
      kept &&
      kept.model.id === model.id &&
      kept.model.createdAt === model.createdAt &&
      kept.backend === backend &&
      kept.device === runningDevice()
    ) {
      return kept;
    }
    this.#drop();
    this.#kept = await Segmenter.open(model, backend);
    return this.#kept;
  }

  #drop(): void {
    this.#kept?.dispose();
    this.#kept = null;
  }
}
