// Whether a network can be trained on this machine, in words: what it needs against what the backend can hold.
import type { BackendReport } from '../../engine/backends';
import type { MemoryEstimate } from '../../nets/cost';
import { bytes } from './format';

export interface MemoryVerdict {
  fits: boolean | null;
  text: string;
}

/** Bytes of training with `batch` pictures a step: weights and what the solver keeps count once, the rest for each picture. */
export function trainingBytes(memory: MemoryEstimate, batch: number): number {
  const { weights, solver, gradients, training } = memory;
  const once = weights + solver + gradients;
  return once + batch * (training - once);
}

/**
 * What to say about training with `batch` pictures a step.
 * @param backend the one that would do the work; null while it is not known
 * @param advice what would help where it does not fit; asked for only then
 */
export function memoryVerdict(
  memory: MemoryEstimate,
  batch: number,
  backend: Pick<BackendReport, 'name' | 'limits'> | null,
  advice: () => string = () => 'Smaller pictures or a smaller width would help.',
): MemoryVerdict {
  const needed = trainingBytes(memory, batch);
  const {
    maxBufferBytes = Infinity,
    maxBindingBytes = Infinity,
    maxTotalBytes = Infinity,
  } = backend?.limits ?? {};
  const buffer = Math.min(maxBufferBytes, maxBindingBytes);
  // Weights are the same for every batch; a blob grows with it.
  const { name, bytes: size } = memory.largest;
  const largest = name.includes('/') ? size : size * batch;
  if (largest > buffer) {
    return {
      fits: false,
      text: `The largest tensor, ${name} with ${bytes(largest)}, does not fit one buffer of this graphics adapter, which holds ${bytes(buffer)}. ${advice()}`,
    };
  }
  if (needed > maxTotalBytes) {
    return {
      fits: false,
      text: `That is more than the ${bytes(maxTotalBytes)} that ${backend?.name === 'wasm' ? 'WebAssembly' : 'the backend'} can use. ${advice()}`,
    };
  }
  if (backend === null) return { fits: null, text: '' };
  if (buffer < Infinity) {
    return {
      fits: true,
      text: `Each tensor fits one buffer of this graphics adapter (up to ${bytes(buffer)}). A browser does not tell how much memory the adapter has in all.`,
    };
  }
  if (maxTotalBytes < Infinity) {
    return { fits: true, text: `It fits into the ${bytes(maxTotalBytes)} that WebAssembly can use.` };
  }
  return { fits: null, text: 'This backend does not tell how much it can hold.' };
}
