// Memory as a pass takes and returns it, without a byte of it being there: what lives, of which kind, and when it was most.

export type ByteKind = 'weights' | 'solver' | 'gradients' | 'activations' | 'scratch';

/** Bytes of one tensor's memory, which several may share. */
export class Block {
  #users = 1;

  constructor(
    readonly bytes: number,
    private readonly end: () => void,
  ) {}

  share(): this {
    this.#users++;
    return this;
  }

  release(): void {
    if (--this.#users === 0) this.end();
  }
}

export interface Moment {
  total: number;
  kinds: Record<ByteKind, number>;
  /** What was being done. */
  at: string;
}

export class Ledger {
  readonly #live: Record<ByteKind, number> = {
    weights: 0,
    solver: 0,
    gradients: 0,
    activations: 0,
    scratch: 0,
  };
  #at = '';
  #peak: Moment = { total: 0, kinds: { ...this.#live }, at: '' };

  get peak(): Moment {
    return this.#peak;
  }

  /** From here on, `at` is being done. */
  begin(at: string): void {
    this.#at = at;
  }

  hold(kind: ByteKind, bytes: number): Block {
    this.#add(kind, bytes);
    return new Block(bytes, () => (this.#live[kind] -= bytes));
  }

  /** So much is needed besides, for a moment. */
  use(bytes: number): void {
    this.#add('scratch', bytes);
    this.#live.scratch -= bytes;
  }

  #add(kind: ByteKind, bytes: number): void {
    this.#live[kind] += bytes;
    const total = Object.values(this.#live).reduce((sum, value) => sum + value, 0);
    if (total > this.#peak.total) this.#peak = { total, kinds: { ...this.#live }, at: this.#at };
  }
}
