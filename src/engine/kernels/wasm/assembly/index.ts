// Our kernels for wasm, compiled by AssemblyScript. A job is cut into chunks; every thread takes the next one until none is left, and no value
// depends on which thread computed it.
import { ConvolutionJob } from './convolution-job';
import { convolve, PRODUCT_SCRATCH_BYTES } from './product';

/** What each thread needs for itself. */
export const SCRATCH_BYTES: i32 = PRODUCT_SCRATCH_BYTES;

/** Bytes of a job before its fields: next chunk (moved by all threads), number of chunks, kernel, and what ../machine.ts needs. */
const HEADER: usize = 32;

const CONVOLVE: i32 = 0;

/** Works on a job until no chunk is left. */
export function work(job: usize, scratch: usize): void {
  const chunks = load<i32>(job, 4);
  const kernel = load<i32>(job, 8);
  const fields = job + HEADER;
  for (;;) {
    const chunk = atomic.add<i32>(job, 1);
    if (chunk >= chunks) return;
    if (kernel == CONVOLVE) convolve(changetype<ConvolutionJob>(fields), chunk, scratch);
  }
}
