// Who takes training steps side by side: our engine, and others with the same network, weights and batch.
import * as tf from '@tensorflow/tfjs';
import { chooseBackend } from '../../src/engine/devices';
import type { KernelChoice } from '../../src/engine/kernels/webgpu/select';
import { dataTensor, Network } from '../../src/engine/network';
import { readScalar } from '../../src/engine/read-back';
import { autodiffTrainer } from './autodiff';
import type { Contestant, TrainBackend } from './contestant-names';
import { rates, type Problem, type Trainer } from './problem';

/** The kernels that TensorFlow.js brings for wasm, looked at before ours join them. */
const stockWasm = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
const gradientKernels = ['Conv2DBackpropFilter', 'Conv2DBackpropInput'];

function ourTrainer({ spec, weights, pixels, labels, request: { batch, size } }: Problem): Trainer {
  const network = new Network(spec, weights);
  let step = 0;
  return {
    async step() {
      const data = dataTensor(pixels, [batch, size.height, size.width, 3]);
      const pass = { training: true, seed: 1, step: step++, labels: { labels } };
      const { loss } = network.trainStep(data, pass, rates);
      data.dispose();
      return readScalar(loss);
    },
    dispose: () => network.dispose(),
  };
}

/** Steps that begin with the kernels in question: which ones run is a global choice. */
const withKernels = (backend: TrainBackend, kernels: KernelChoice, trainer: Trainer): Trainer => ({
  ...trainer,
  async step() {
    await chooseBackend(backend, kernels);
    return trainer.step();
  },
});

/**
 * Puts a problem on the device for one of them.
 * @throws Error that says why it cannot run there.
 */
export async function makeTrainer(
  contestant: Contestant,
  backend: TrainBackend,
  problem: Problem,
): Promise<Trainer> {
  if (contestant === 'jax-js') {
    const { jaxTrainer } = await import('./jax');
    return jaxTrainer(problem, backend);
  }
  const [kernels, way] = contestant.split('-') as ['ours' | 'stock', 'plan' | 'autodiff' | undefined];
  const missing = gradientKernels.filter((name) => !stockWasm.has(name));
  if (kernels === 'stock' && backend === 'wasm' && missing.length) {
    throw new Error(`TensorFlow.js has no ${missing.join(' and ')} for wasm`);
  }
  // What a run in the page gets.
  const choice = kernels === 'ours' ? 'auto' : 'stock';
  await chooseBackend(backend, choice);
  return withKernels(backend, choice, way === 'autodiff' ? autodiffTrainer(problem) : ourTrainer(problem));
}
