// Bytes of training: what Intarsia plans, what it takes, and what the same step takes elsewhere.
import { contestantNames, contestantsIn, type TrainBackend } from './contestant-names';
import type { MemoryRequest, MemoryUse, NetworkPlan } from './memory-page';
import { head, row } from './stats';
import { problemsFor, type TrainOptions } from './train';

export interface MemoryBench {
  /** Each call in a page or process of its own: kept buffers are part of what is measured. */
  memory(request: MemoryRequest): Promise<MemoryUse>;
  memoryPlans(): Promise<NetworkPlan[]>;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

/** Both networks as the article trains them: too large for an adapter that is a program, so they are only planned. */
async function planAtFullWidth(bench: MemoryBench): Promise<void> {
  const columns = ['weights', 'solver', 'gradients', 'activations', 'scratch', 'total'] as const;
  console.log('planned at width 1, 480x360, batch 1, momentum; MiB at the peak\n');
  console.log(head('network', 'backend', ...columns, 'at'));
  for (const { network, memory } of await bench.memoryPlans()) {
    for (const backend of ['webgpu', 'wasm'] as const) {
      const use = memory[backend];
      console.log(row(network, backend, ...columns.map((kind) => mebibytes(use[kind])), use.at));
    }
  }
  console.log('');
}

export async function benchMemory(bench: MemoryBench, options: TrainOptions): Promise<void> {
  const { batch, steps } = options;
  await planAtFullWidth(bench);
  const backends = (['webgpu', 'wasm'] as TrainBackend[]).filter((one) => (options.backend ?? one) === one);
  for (const backend of backends) {
    for (const problem of problemsFor(options)) {
      const { network, width, size } = problem;
      const rows: string[] = [];
      let title = '';
      for (const contestant of contestantsIn(options.engines)) {
        const use = await bench.memory({ ...problem, backend, batch, classes: 11, steps, contestant });
        const name = contestantNames[contestant];
        title = `${network}, width ${width}, ${size.width}x${size.height}, batch ${batch}; ${backend}: ${use.adapter}; ${steps} steps`;
        if (use.reason !== null) {
          rows.push(row(name, `cannot: ${use.reason}`, '', '', ''));
          continue;
        }
        const isOurs = contestant === 'ours';
        const isCounted = contestant !== 'jax-js';
        rows.push(
          row(
            name,
            isOurs ? mebibytes(use.planned) : '',
            isCounted || backend === 'webgpu' ? mebibytes(use.held) : 'not counted',
            isOurs ? (use.held / use.planned).toFixed(3) : '',
            isCounted ? mebibytes(use.tensors) : 'not counted',
          ),
        );
      }
      console.log(`${title}\n`);
      console.log(
        head(
          'engine',
          'planned, MiB',
          'held at most, MiB',
          'held / planned',
          'TensorFlow.js tensors at most, MiB',
        ),
      );
      console.log(`${rows.join('\n')}\n`);
    }
  }
}
