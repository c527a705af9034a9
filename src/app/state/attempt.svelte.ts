// What a click started and how it failed: no promise of a handler is left without someone who looks at its error.

export class Attempt {
  #error = $state.raw<unknown>(null);

  /** Why the last action failed; null while none has. */
  get error(): unknown {
    return this.#error;
  }

  dismiss(): void {
    this.#error = null;
  }

  /** Runs the action and keeps its error. Never rejects. */
  async run(action: () => Promise<unknown>): Promise<void> {
    this.#error = null;
    try {
      await action();
    } catch (error) {
      this.#error = error;
    }
  }
}
