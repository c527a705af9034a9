// A whole training step by every engine that can take one, in turns within one run.
import type { BestRates } from './best-rates';
import { contestantNames, contestantsIn, type TrainBackend } from './contestant-names';
import { head, percent, row } from './stats';
import type { ContestantTimes, TrainRequest, TrainTimes } from './train-page';

export interface TrainOptions {
  /** One of each; all without it. */
  network: string | undefined;
  backend: string | undefined;
  width: number | null;
  size: { width: number; height: number } | null;
  batch: number;
  steps: number;
  rounds: number;
  /** Names of contestants, separated by commas; all without it. */
  engines: string | undefined;
}

export interface TrainBench {
  train(request: TrainRequest): Promise<TrainTimes>;
  bestRates(): Promise<BestRates>;
}

/** Small enough for an adapter that is a program. */
export const smallProblems: Pick<TrainRequest, 'network' | 'width' | 'size'>[] = [
  { network: 'fcn-alexnet', width: 0.25, size: { width: 240, height: 180 } },
  { network: 'fcn-alexnet', width: 0.125, size: { width: 120, height: 90 } },
  { network: 'fcn-8s', width: 0.125, size: { width: 160, height: 120 } },
  { network: 'fcn-8s', width: 0.0625, size: { width: 80, height: 60 } },
];

/** The problems that the options leave; a width and a size together make one problem of each network. */
export function problemsFor({ network, width, size }: Pick<TrainOptions, 'network' | 'width' | 'size'>) {
  const chosen = smallProblems
    .filter((one) => !network || one.network === network)
    .map((one) => ({ ...one, ...(width && { width }), ...(size && { size }) }));
  return [...new Map(chosen.map((one) => [JSON.stringify(one), one])).values()];
}

/** Losses may differ by rounding, which steps carry on; more than this is another network. */
const TOLERANCE = 1e-3;

/** The largest relative difference between the losses of two engines, step by step. */
const difference = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((loss, i) => Math.abs(loss - b[i]!) / Math.abs(b[i]!)));

function trainRow(entry: ContestantTimes, ours: ContestantTimes): string {
  const name = contestantNames[entry.contestant];
  if (entry.reason !== null) return row(name, `cannot: ${entry.reason}`, '', '', '', '');
  const off = difference(entry.losses, ours.losses);
  if (!(off < TOLERANCE)) {
    throw new Error(
      `${name} has other losses than Intarsia, so times mean nothing: ${entry.losses.join(', ')} instead of ${ours.losses.join(', ')}.`,
    );
  }
  return row(
    name,
    entry.step.toPrecision(3),
    String(entry.timed),
    entry.first.toPrecision(3),
    (entry.step / ours.step).toPrecision(3),
    entry === ours ? '' : off.toExponential(0),
  );
}

export async function benchTrain(bench: TrainBench, options: TrainOptions): Promise<void> {
  const { batch, steps, rounds } = options;
  const contestants = contestantsIn(options.engines);
  const backends = (['webgpu', 'wasm'] as TrainBackend[]).filter((one) => (options.backend ?? one) === one);
  for (const backend of backends) {
    const best = backend === 'webgpu' ? await bench.bestRates() : null;
    for (const problem of problemsFor(options)) {
      const request = { ...problem, backend, batch, classes: 11, steps, rounds, contestants };
      const { adapter, operations, contestants: times } = await bench.train(request);
      const ours = times.find(({ contestant }) => contestant === 'ours')!;
      if (ours.reason !== null) throw new Error(ours.reason);
      const { width, height } = problem.size;
      const rate = operations / ours.step;
      const share = best ? `, ${percent(rate / best.product)} of the best product` : '';
      console.log(
        `${problem.network}, width ${problem.width}, ${width}x${height}, batch ${batch}; ${backend}: ${adapter}; ` +
          `medians of ${rounds} rounds of ${steps}, of fewer for engines that need over a minute\n` +
          `${(operations / 1e9).toPrecision(3)} Gop a step; Intarsia sustains ${(rate / 1e9).toPrecision(3)} Gop/s${share}\n`,
      );
      console.log(
        head(
          'engine',
          'seconds per step',
          'steps timed',
          'first step',
          'times Intarsia',
          'losses differ by at most',
        ),
      );
      times.forEach((entry) => console.log(trainRow(entry, ours)));
      console.log();
    }
  }
}
