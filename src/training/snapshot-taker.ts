// Snapshots that a person asks for while a run goes on: each is taken between two steps.
import { AppError } from '../core/errors';

interface Asker {
  resolve: () => void;
  reject: (error: unknown) => void;
}

export class SnapshotTaker {
  readonly #take: () => Promise<void>;
  #askers: Asker[] = [];
  #taking: Promise<void> = Promise.resolve();

  /** `take` reads the weights and stores them. */
  constructor(take: () => Promise<void>) {
    this.#take = take;
  }

  /** Resolves when a snapshot is stored: taken at the next turn, or at once where the run waits between two steps. */
  ask(waits: boolean): Promise<void> {
    const asked = new Promise<void>((resolve, reject) => this.#askers.push({ resolve, reject }));
    if (waits) this.#taking = this.#taking.then(() => this.#takeForAll());
    return asked;
  }

  /** Between two steps: takes what was asked for, and resolves when the weights may change again. */
  async turn(): Promise<void> {
    await this.#taking;
    await this.#takeForAll();
  }

  /** The run has ended: what was asked for too late is refused. */
  end(): void {
    const late = new AppError('aborted', 'The run ended before the snapshot could be taken.');
    for (const { reject } of this.#askers.splice(0)) reject(late);
  }

  /** What fails is the asker's to know: the run goes on without it. */
  async #takeForAll(): Promise<void> {
    const askers = this.#askers.splice(0);
    if (!askers.length) return;
    try {
      await this.#take();
      for (const { resolve } of askers) resolve();
    } catch (error) {
      for (const { reject } of askers) reject(error);
    }
  }
}
