// The most that the adapter at hand does: our tiled product of large square matrices, and copying from buffer to buffer.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { chooseBackend } from '../../src/engine/devices';

export interface BestRates {
  /** Operations a second. */
  product: number;
  /** Bytes a second, those read and those written. */
  copy: number;
}

/** A run this long is not slowed by how it is started. */
const LONG = 0.1;
const RUNS = 3;

/** The best rate of a few runs at each size; sizes double until a run is long. `work` resolves to what it did, in units. */
async function best(sizes: readonly number[], make: (size: number) => Promise<() => Promise<number>>) {
  let rate = 0;
  for (const size of sizes) {
    const work = await make(size);
    await work();
    let seconds = Infinity;
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now();
      const done = await work();
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
      rate = Math.max(rate, done / seconds);
    }
    if (seconds > LONG) break;
  }
  return rate;
}

async function productRate(): Promise<number> {
  let held: tf.Tensor[] = [];
  const rate = await best([256, 512, 1024, 2048, 4096], async (size) => {
    tf.dispose(held);
    const [a, b] = [1, 2].map((seed) => tf.randomUniform<tf.Rank.R2>([size, size], -1, 1, 'float32', seed));
    held = [a!, b!];
    return async () => {
      const c = tf.matMul(a!, b!);
      const corner = tf.slice(c, [0, 0], [1, 1]);
      await corner.data();
      tf.dispose([c, corner]);
      return 2 * size ** 3;
    };
  });
  tf.dispose(held);
  return rate;
}

async function copyRate({ device }: WebGPUBackend): Promise<number> {
  const MiB = 1 << 20;
  const sizes = [16, 64, 256].map((size) => size * MiB).filter((size) => size <= device.limits.maxBufferSize);
  let held: GPUBuffer[] = [];
  const rate = await best(sizes, async (size) => {
    held.forEach((buffer) => buffer.destroy());
    held = [0, 1].map(() =>
      device.createBuffer({ size, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST }),
    );
    return async () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(held[0]!, 0, held[1]!, 0, size);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return 2 * size;
    };
  });
  held.forEach((buffer) => buffer.destroy());
  return rate;
}

/** Measures both on webgpu. */
export async function bestRates(): Promise<BestRates> {
  await chooseBackend('webgpu', 'ours');
  const product = await productRate();
  return { product, copy: await copyRate(tf.backend() as WebGPUBackend) };
}
