/** How work on the tiles of a dataset goes. */
export interface TileProgress {
  done: number;
  total: number;
  perSecond: number;
  /** Null in the first second. */
  secondsLeft: number | null;
}

const intervalMs = 100;

/** Says how work on tiles goes, ten times a second at most, and at its end. */
export class TileMeter {
  private done = 0;
  private last = -Infinity;
  private readonly start: number;
  private readonly total: number;
  private readonly say: (progress: TileProgress) => void;
  private readonly now: () => number;

  constructor(total: number, say: (progress: TileProgress) => void, now = () => performance.now()) {
    this.total = total;
    this.say = say;
    this.now = now;
    this.start = now();
    this.add(0);
  }

  get seconds(): number {
    return (this.now() - this.start) / 1000;
  }

  /** Counts tiles that are done. */
  add(tiles: number): void {
    this.done += tiles;
    const now = this.now();
    if (this.done < this.total && now - this.last < intervalMs) return;
    this.last = now;
    const { done, total, seconds } = this;
    const perSecond = seconds > 0 ? done / seconds : 0;
    const secondsLeft = seconds >= 1 && done > 0 ? (total - done) / perSecond : null;
    this.say({ done, total, perSecond, secondsLeft });
  }
}
