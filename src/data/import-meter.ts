import type { ImportProgress } from './import-types';

const intervalMs = 100;

/** Says how an import goes, ten times a second at most. */
export class ImportMeter {
  private readonly total: number;
  private readonly say: (progress: ImportProgress) => void;
  private readonly now: () => number;
  private readonly start: number;
  /** What was done before: it says nothing of the rate. */
  private readonly before: number;
  private last = -Infinity;

  constructor(
    total: number,
    say: (progress: ImportProgress) => void,
    before = 0,
    now = () => performance.now(),
  ) {
    this.total = total;
    this.say = say;
    this.before = before;
    this.now = now;
    this.start = now();
    this.report('reading', before, 0, 0);
  }

  get seconds(): number {
    return (this.now() - this.start) / 1000;
  }

  /** `last` is said in any case. Time left is a guess from the mean rate, and null in the first second. */
  report(phase: ImportProgress['phase'], done: number, tiles: number, rejected: number, last = false): void {
    const now = this.now();
    if (!last && now - this.last < intervalMs) return;
    this.last = now;
    const { total, seconds } = this;
    const pairsPerSecond = seconds > 0 ? (done - this.before) / seconds : 0;
    const secondsLeft = seconds >= 1 && pairsPerSecond > 0 ? (total - done) / pairsPerSecond : null;
    this.say({ phase, done, total, tiles, rejected, pairsPerSecond, secondsLeft });
  }
}
