// How fast a device is, measured once when it is opened: dispatches.ts says how much a program may do at once.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { batchMatMul } from './batch-mat-mul';
import { finish, setRate } from './dispatches';

/** Of the square matrices; the larger ones are for devices that need no time for the smaller. */
const SIZES = [256, 512];
/** Seconds. A shorter run is mostly the cost of a call. */
const LONG_ENOUGH = 0.01;

/** Times a product of matrices on an idle device. A device that works for other pages as well is taken for a slower one. */
export async function measureRate(backend: WebGPUBackend): Promise<void> {
  for (const size of SIZES) {
    const [a, b] = [0, 1].map(() => backend.makeTensorInfo([size, size], 'float32'));
    const run = async () => {
      const start = performance.now();
      const product = batchMatMul.run(
        backend,
        { a, b } as never,
        { transposeA: false, transposeB: false } as never,
      );
      backend.disposeData([product].flat()[0]!.dataId);
      await finish(backend);
      return (performance.now() - start) / 1000;
    };
    // The first run compiles.
    await run();
    const seconds = await run();
    for (const { dataId } of [a!, b!]) backend.disposeData(dataId);
    setRate(backend, (2 * size ** 3) / seconds);
    if (seconds > LONG_ENOUGH) return;
  }
}
