// The steps of the solvers over one parameter; the formulas are in ../../host/solver-update.ts.
import { loadSome, multiplyAdd, storeSome } from './vectors';

/** AdaGrad is RMSProp that keeps and adds all. */
export const SGD: i32 = 0;
export const NESTEROV: i32 = 1;
export const RMS_PROP: i32 = 2;
export const ADA_DELTA: i32 = 3;
export const ADAM: i32 = 4;

/** The fields are written by ../solver-update.ts in this order. */
@unmanaged
export class UpdateJob {
  solver: i32;
  weight: usize;
  gradient: usize;
  history0: usize;
  history1: usize;
  weightOut: usize;
  history0Out: usize;
  history1Out: usize;
  /** All floats, and those of a chunk: a multiple of 4. */
  count: i32;
  step: i32;
  rate: f32;
  decay: f32;
  /** Of each history: the share that is kept, and that of what is added. */
  kept0: f32;
  added0: f32;
  kept1: f32;
  added1: f32;
  delta: f32;
}

export function update(job: UpdateJob, chunk: i32): void {
  const solver = job.solver;
  const rate = f32x4.splat(job.rate);
  const decay = f32x4.splat(job.decay);
  const kept0 = f32x4.splat(job.kept0);
  const added0 = f32x4.splat(job.added0);
  const kept1 = f32x4.splat(job.kept1);
  const added1 = f32x4.splat(job.added1);
  const delta = f32x4.splat(job.delta);
  const end = min(job.count, (chunk + 1) * job.step);
  for (let i = chunk * job.step; i < end; i += 4) {
    const at = (<usize>i) << 2;
    const left = end - i;
    const w = loadSome(job.weight + at, left);
    const g = multiplyAdd(decay, w, loadSome(job.gradient + at, left));
    const h = loadSome(job.history0 + at, left);
    let step: v128;
    if (solver <= NESTEROV) {
      const scaled = f32x4.mul(rate, g);
      const next = multiplyAdd(kept0, h, scaled);
      storeSome(job.history0Out + at, next, left);
      step = solver == SGD ? next : multiplyAdd(kept0, next, scaled);
    } else if (solver == ADAM) {
      const mean = multiplyAdd(kept0, h, f32x4.mul(added0, g));
      const k = loadSome(job.history1 + at, left);
      const squares = multiplyAdd(kept1, k, f32x4.mul(added1, f32x4.mul(g, g)));
      storeSome(job.history0Out + at, mean, left);
      storeSome(job.history1Out + at, squares, left);
      step = f32x4.div(f32x4.mul(rate, mean), f32x4.add(f32x4.sqrt(squares), delta));
    } else {
      const squares = multiplyAdd(kept0, h, f32x4.mul(added0, f32x4.mul(g, g)));
      storeSome(job.history0Out + at, squares, left);
      if (solver == RMS_PROP) {
        step = f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(squares), delta));
      } else {
        const k = loadSome(job.history1 + at, left);
        const ratio = f32x4.div(f32x4.add(k, delta), f32x4.add(squares, delta));
        const u = f32x4.mul(g, f32x4.sqrt(ratio));
        storeSome(job.history1Out + at, multiplyAdd(kept1, k, f32x4.mul(added1, f32x4.mul(u, u))), left);
        step = f32x4.mul(rate, u);
      }
    }
    storeSome(job.weightOut + at, f32x4.sub(w, step), left);
  }
}
