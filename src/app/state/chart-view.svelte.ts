// What the charts of a run show in common: the part of the run, and how far the loss is smoothed.

export type Range = readonly [from: number, to: number];

export class ChartView {
  /** In epochs; null for the whole run so far. */
  #range = $state.raw<Range | null>(null);
  /** The share of the mean so far in the next point, from 0 (none) to 0.99. */
  smoothing = $state(0.9);

  get range(): Range | null {
    return this.#range;
  }

  /** Shows a part of the run; one without length, or null, is the whole. */
  zoom(range: Range | null): void {
    const [from, to] = range ?? [0, 0];
    this.#range = to > from ? [Math.max(0, from), to] : null;
  }
}
