// Bytes of training: what Intarsia plans, what it takes, and what the same step takes elsewhere.
import { contestantNames, contestants, type TrainBackend } from './contestant-names';
import type { MemoryRequest, MemoryUse } from './memory-page';
import { head, row } from './stats';
import { problemsFor, type TrainOptions } from './train';

export interface MemoryBench {
  /** Each call in a page or process of its own: kept buffers are part of what is measured. */
  memory(request: MemoryRequest): Promise<MemoryUse>;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

export async function benchMemory(bench: MemoryBench, options: TrainOptions): Promise<void> {
  const { batch, steps } = options;
  const backends = (['webgpu', 'wasm'] as TrainBackend[]).filter((one) => (options.backend ?? one) === one);
  for (const backend of backends) {
    for (const problem of problemsFor(options)) {
      const { network, width, size } = problem;
      const rows: string[] = [];
      let title = '';
      for (const contestant of contestants) {
        const use = await bench.memory({ ...problem, backend, batch, classes: 11, steps, contestant });
        const name = contestantNames[contestant];
        title = `${network}, width ${width}, ${size.width}x${size.height}, batch ${batch}; ${backend}: ${use.adapter}; ${steps} steps`;
        if (use.reason !== null) rows.push(row(name, `cannot: ${use.reason}`, '', ''));
        else {
          const tensors = contestant === 'jax-js' ? 'not counted' : mebibytes(use.tensors);
          const buffers = backend === 'webgpu' ? mebibytes(use.buffers) : '';
          rows.push(row(name, contestant === 'ours' ? mebibytes(use.planned) : '', tensors, buffers));
        }
      }
      console.log(`${title}\n`);
      console.log(head('engine', 'planned, MiB', 'tensors at most, MiB', 'buffers at most, MiB'));
      console.log(`${rows.join('\n')}\n`);
    }
  }
}
