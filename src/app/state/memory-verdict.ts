// Whether a network can be trained on this machine, in words: what it needs against what the backend can hold.
import type { MemoryPlan } from '../../nets/plan/bytes';
import { bytes } from './format';
import type { Backend } from './memory-plan';

export interface MemoryVerdict {
  /** null where nobody can tell. */
  fits: boolean | null;
  text: string;
}

/**
 * What to say about training by a plan.
 * @param backend the one that would do the work; null while it is not known
 */
export function memoryVerdict({ estimate, recompute }: MemoryPlan, backend: Backend | null): MemoryVerdict {
  const {
    maxBufferBytes = Infinity,
    maxBindingBytes = Infinity,
    maxTotalBytes = Infinity,
  } = backend?.limits ?? {};
  const buffer = Math.min(maxBufferBytes, maxBindingBytes);
  const { largest, total } = estimate;
  if (largest.bytes > buffer) {
    const what = maxBindingBytes < maxBufferBytes ? 'gives a program at most' : 'holds at most';
    return {
      fits: false,
      text: `The largest tensor, ${largest.name}, has ${bytes(largest.bytes)}, and a buffer of this graphics adapter ${what} ${bytes(buffer)}.`,
    };
  }
  if (total > maxTotalBytes) {
    return {
      fits: false,
      text: `That is more than the ${bytes(maxTotalBytes)} that ${backend?.name === 'wasm' ? 'WebAssembly' : 'the backend'} can use${recompute ? ', even with the first layers computed twice instead of kept' : ''}.`,
    };
  }
  if (backend === null) return { fits: null, text: '' };
  if (buffer < Infinity) {
    return {
      fits: true,
      text: `Each tensor fits a buffer of this graphics adapter (up to ${bytes(buffer)}). A browser does not tell how much memory the adapter has in all.`,
    };
  }
  if (maxTotalBytes < Infinity) {
    const twice = recompute
      ? ' because the first layers, up to the first pooling, are computed twice in each step instead of kept: a little slower, with the same result'
      : '';
    return { fits: true, text: `It fits into the ${bytes(maxTotalBytes)} that WebAssembly can use${twice}.` };
  }
  return { fits: null, text: 'This backend does not tell how much it can hold.' };
}
