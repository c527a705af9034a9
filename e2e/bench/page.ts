// The browser's side of the benchmarks: what the driver calls.
import { city } from './city-page';
import { deviceBench, type DeviceBench } from './device-bench';
import { storage } from './storage-page';
import { random32 } from '../../src/core/random';
import { chooseBackend } from '../../src/engine/devices';
import { dataTensor, Network } from '../../src/engine/network';
import { memory, readScalar } from '../../src/engine/read-back';
import { selectWasmThreads } from '../../src/engine/wasm-backend';
import { initialWeights } from '../../src/nets/fillers';
import { readNetwork } from '../../src/nets/read-network';
import { resizeNetwork } from '../../src/nets/resize-network';
import { zooPrototxt } from '../../src/nets/zoo';
import type { BackendName } from '../../src/engine/backends';

export interface StepRequest {
  backend: BackendName;
  network: string;
  width: number;
  size: { width: number; height: number };
  batch: number;
  classes: number;
  /** Threads on wasm; the default where it is left out. */
  threads?: number;
  /** Steps that are timed, after one that is not. */
  steps: number;
}

export interface StepTimes {
  seconds: number[];
  tensorBytes: number;
}

/** Times whole training steps: forward, backward, update, and reading the loss. */
async function step(request: StepRequest): Promise<StepTimes> {
  const { network: id, width, size, batch, classes, backend, threads = null } = request;
  if (backend === 'wasm') selectWasmThreads(threads);
  const chosen = await chooseBackend(backend);
  if (backend === 'wasm' && threads !== null && chosen.threads !== threads)
    throw new Error(`${chosen.threads} of ${threads} threads started.`);
  const spec = readNetwork(resizeNetwork(zooPrototxt(id), { width, classes }));
  const network = new Network(spec, initialWeights(spec, 1));
  const pixels = batch * size.width * size.height;
  const bgr = Float32Array.from({ length: pixels * 3 }, (_, i) => random32(1, 'pixels', i) & 255);
  const labels = {
    labels: Uint8Array.from({ length: pixels }, (_, i) => random32(1, 'labels', i) % classes),
  };
  const seconds: number[] = [];
  for (let i = 0; i <= request.steps; i++) {
    const start = performance.now();
    const data = dataTensor(bgr, [batch, size.height, size.width, 3]);
    const rates = { solver: 'SGD', learningRate: 1e-6, momentum: 0.9, weightDecay: 5e-4, step: 0 } as const;
    const { loss } = network.trainStep(data, { training: true, seed: 1, step: i, labels }, rates);
    data.dispose();
    await readScalar(loss);
    if (i > 0) seconds.push((performance.now() - start) / 1000);
  }
  const { bytes } = memory();
  network.dispose();
  return { seconds, tensorBytes: bytes };
}

declare global {
  interface Window {
    bench: { step: typeof step; city: typeof city; storage: typeof storage } & DeviceBench;
  }
}

window.bench = { step, city, storage, ...deviceBench };
