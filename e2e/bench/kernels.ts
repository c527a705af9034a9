// Every kernel of ours on WebGPU against TensorFlow.js' own, in turns within one run, at the shapes of FCN-AlexNet and FCN-8s.
import type { BenchPage } from './browser';
import type { KernelsRequest, KernelTimes } from './kernels-page';

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

const seconds = (value: number) => `${(value * 1000).toFixed(1)}`;

function row({ layer, kernel, operations, bytes, ours, stock }: KernelTimes): string {
  const rates = [operations / ours / 1e9, bytes / ours / 1e9].map((rate) => rate.toFixed(2));
  const needed = [operations / 1e6, bytes / 1e6].map((amount) => amount.toFixed(2));
  const cells = [
    layer,
    kernel,
    seconds(ours),
    seconds(stock),
    (stock / ours).toFixed(2),
    ...needed,
    ...rates,
  ];
  return `| ${cells.join(' | ')} |`;
}

export async function benchKernels(
  page: BenchPage,
  { network, rounds, width, size }: KernelsOptions,
): Promise<void> {
  for (const own of networks.filter((one) => !network || one.network === network)) {
    const request = { ...own, ...(width && { width }), ...(size && { size }), classes: 11, rounds };
    const { adapter, times } = await page.kernels(request);
    const { width: w, height: h } = request.size;
    console.log(
      `${request.network}, width ${request.width}, ${w}x${h}; ${adapter}; medians of ${rounds} rounds\n`,
    );
    console.log('| layer | kernel | ours, ms | stock, ms | stock / ours | Mop | MB | Gop/s | GB/s |');
    console.log('|---|---|---|---|---|---|---|---|---|');
    times.forEach((entry) => console.log(row(entry)));
    console.log();
  }
}
