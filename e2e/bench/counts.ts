// What every kernel of ours on WebGPU reads, writes and multiplies, counted while it runs, beside what it needs at least.
import type { KernelCounts, KernelsCounts } from './counts-page';
import { networksOf, type KernelsOptions } from './kernels';
import type { KernelsRequest } from './kernels-page';
import { head, row } from './stats';

const millions = (value: number) => (value / 1e6).toPrecision(3);
const times = (value: number, needed: number) => (value / needed).toFixed(2);

function countsRow({ layer, kernel, counted, bytes, multiplyAdds }: KernelCounts): string {
  const { read, written, placesRead, placesWritten, between } = counted;
  if (multiplyAdds !== null && counted.multiplyAdds < multiplyAdds)
    throw new Error(`${layer}, ${kernel}: ${counted.multiplyAdds} of ${multiplyAdds} multiply-adds`);
  const places = placesRead + placesWritten;
  return row(
    layer,
    kernel,
    ...(multiplyAdds === null
      ? ['', '', '']
      : [millions(multiplyAdds), millions(counted.multiplyAdds), times(counted.multiplyAdds, multiplyAdds)]),
    millions(bytes),
    millions(places),
    times(places, bytes),
    between ? millions(between) : '',
    millions(read + written),
    times(read + written, bytes),
  );
}

/** @throws Error where a kernel multiplies less than its layer needs: then one of the two is counted wrongly. */
export async function benchCounts(
  bench: { counts(request: Omit<KernelsRequest, 'rounds'>): Promise<KernelsCounts> },
  options: KernelsOptions,
): Promise<void> {
  for (const request of networksOf(options)) {
    const { adapter, counts } = await bench.counts({ ...request, classes: 11 });
    const { width, height } = request.size;
    console.log(`${request.network}, width ${request.width}, ${width}x${height}; ${adapter}\n`);
    console.log(
      head(
        ...['layer', 'kernel', 'multiply-adds needed, M', 'counted, M', 'counted / needed'],
        ...['bytes needed, MB', 'inputs and outputs touched, MB', 'touched / needed', 'between programs, MB'],
        ...['asked for by threads, MB', 'asked for / needed'],
      ),
    );
    counts.forEach((entry) => console.log(countsRow(entry)));
    console.log();
  }
}
