// Every kernel of ours on WebGPU against TensorFlow.js' own, in turns within one run, at the shapes of FCN-AlexNet and FCN-8s.
import type { BestRates } from './best-rates';
import type { KernelsRequest, KernelsTimes, KernelTimes } from './kernels-page';
import { head, percent, row } from './stats';

export interface KernelsOptions {
  /** One of the two; both without it. */
  network: string | undefined;
  rounds: number;
  /** Of all channels, and of the images; without them each network has its own. */
  width: number | null;
  size: { width: number; height: number } | null;
}

/** Small enough for an adapter that is a program. */
const networks: Pick<KernelsRequest, 'network' | 'width' | 'size'>[] = [
  { network: 'fcn-alexnet', width: 0.25, size: { width: 240, height: 180 } },
  { network: 'fcn-8s', width: 0.125, size: { width: 160, height: 120 } },
];

/** The networks that were asked for, at their sizes and widths. */
export const networksOf = ({ network, width, size }: Omit<KernelsOptions, 'rounds'>): typeof networks =>
  networks
    .filter((own) => !network || own.network === network)
    .map((own) => ({ ...own, ...(width && { width }), ...(size && { size }) }));

const milliseconds = (value: number) => (value * 1000).toPrecision(3);
const millions = (value: number) => (value / 1e6).toPrecision(3);

function kernelRow({ layer, kernel, operations, bytes, ours, stock }: KernelTimes, best: BestRates): string {
  return row(
    layer,
    kernel,
    milliseconds(ours),
    milliseconds(stock),
    (stock / ours).toPrecision(3),
    millions(operations),
    millions(bytes),
    percent(operations / ours / best.product),
    percent(bytes / ours / best.copy),
  );
}

export async function benchKernels(
  bench: { kernels(request: KernelsRequest): Promise<KernelsTimes> },
  options: KernelsOptions,
): Promise<void> {
  const { rounds } = options;
  for (const request of networksOf(options)) {
    const { adapter, best, times } = await bench.kernels({ ...request, classes: 11, rounds });
    const { width: w, height: h } = request.size;
    console.log(
      `${request.network}, width ${request.width}, ${w}x${h}; ${adapter}; medians of ${rounds} rounds\n` +
        `best product ${(best.product / 1e9).toPrecision(3)} Gop/s, best copy ${(best.copy / 1e9).toPrecision(3)} GB/s\n`,
    );
    console.log(
      head(
        'layer',
        'kernel',
        'ours, ms',
        'stock, ms',
        'stock / ours',
        'Mop',
        'MB',
        'of the product',
        'of the copy',
      ),
    );
    times.forEach((entry) => console.log(kernelRow(entry, best)));
    console.log();
  }
}
