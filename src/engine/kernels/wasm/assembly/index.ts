// Our kernels for wasm, compiled by AssemblyScript. A job is cut into chunks; every thread takes the next one until none is left, and no value
// depends on which thread computed it.
import { relu, reluGradient, ReluJob } from './activations';
import { addStrips, SumJob, sumStrip } from './channel-sums';
import { ConvolutionJob } from './convolution-job';
import { lrn, lrnGradient, LrnJob } from './lrn';
import { maxPool, maxPoolGradient, PoolJob } from './max-pool';
import { convolve, PRODUCT_SCRATCH_BYTES } from './product';
import { update, UpdateJob } from './solver-update';
import { lossBand, lossGradient, LossJob } from './upsampled-loss';

/** What each thread needs for itself. */
export const SCRATCH_BYTES: i32 = PRODUCT_SCRATCH_BYTES;

/** Bytes of a job before its fields, and where in them is what: ../header.ts. */
const HEADER: usize = 32;
const LEFT: usize = 0;
const CHUNKS: usize = 4;
const KERNEL: usize = 8;
const FINISHED: usize = 12;

/** The numbers of the kernels: ../machine.ts. */
const CONVOLVE: i32 = 0;
const RELU: i32 = 1;
const RELU_GRADIENT: i32 = 2;
const MAX_POOL: i32 = 3;
const MAX_POOL_GRADIENT: i32 = 4;
const LRN: i32 = 5;
const LRN_GRADIENT: i32 = 6;
const SUM_STRIP: i32 = 7;
const ADD_STRIPS: i32 = 8;
const UPDATE: i32 = 9;
const LOSS_BAND: i32 = 10;
const LOSS_GRADIENT: i32 = 11;

function compute(kernel: i32, fields: usize, chunk: i32, scratch: usize): void {
  if (kernel == CONVOLVE) convolve(changetype<ConvolutionJob>(fields), chunk, scratch);
  else if (kernel == RELU) relu(changetype<ReluJob>(fields), chunk);
  else if (kernel == RELU_GRADIENT) reluGradient(changetype<ReluJob>(fields), chunk);
  else if (kernel == MAX_POOL) maxPool(changetype<PoolJob>(fields), chunk);
  else if (kernel == MAX_POOL_GRADIENT) maxPoolGradient(changetype<PoolJob>(fields), chunk);
  else if (kernel == LRN) lrn(changetype<LrnJob>(fields), chunk);
  else if (kernel == LRN_GRADIENT) lrnGradient(changetype<LrnJob>(fields), chunk);
  else if (kernel == SUM_STRIP) sumStrip(changetype<SumJob>(fields), chunk);
  else if (kernel == ADD_STRIPS) addStrips(changetype<SumJob>(fields));
  else if (kernel == UPDATE) update(changetype<UpdateJob>(fields), chunk);
  else if (kernel == LOSS_BAND) lossBand(changetype<LossJob>(fields), chunk);
  else if (kernel == LOSS_GRADIENT) lossGradient(changetype<LossJob>(fields), chunk);
}

/** Works on a job until no chunk is left. */
export function work(job: usize, scratch: usize): void {
  for (;;) {
    const left = atomic.sub<i32>(job, 1, LEFT);
    if (left <= 0) return;
    // Nothing of a job may be read before a chunk of it is taken, nor after it is finished: it may be another by then.
    const chunks = load<i32>(job, CHUNKS);
    const chunk = chunks - left;
    const kernel = load<i32>(job, KERNEL);
    const fields = job + HEADER;
    compute(kernel, fields, chunk, scratch);
    if (atomic.add<i32>(job, 1, FINISHED) == chunks - 1) atomic.notify(job + FINISHED, 1);
  }
}
