// What each solver, as Caffe defines it, needs to know for a step.
import type { SolverName } from '../nets/solvers';

/** The settings of one step for all parameters. */
export interface SolverRates {
  solver: SolverName;
  learningRate: number;
  /** Share of the velocity (SGD, Nesterov), of the mean gradient (Adam), of the mean squares (AdaDelta) that is kept; the others have none. */
  momentum: number;
  weightDecay: number;
  /** Steps taken before this one: Adam's means begin at zero, which it makes up for. */
  step: number;
}

/** One parameter's step. */
export interface SolverUpdateAttrs {
  solver: SolverName;
  momentum: number;
  /** Learning rate times the blob's lr_mult; for Adam corrected for the number of steps. */
  rate: number;
  /** Weight decay times the blob's decay_mult: added to the gradient. */
  decay: number;
}

/** Caffe's `delta`, which keeps a division from one by zero; `momentum2`, of Adam's squares; `rms_decay`, of RMSProp's (caffe.proto). */
export const DELTA = 1e-8;
export const ADAM_SQUARES = 0.999;
export const RMS_DECAY = 0.99;

export function attributesOf(
  rates: SolverRates,
  { lrMult, decayMult }: { lrMult: number; decayMult: number },
): SolverUpdateAttrs {
  const { solver, momentum, learningRate, weightDecay, step } = rates;
  const steps = step + 1;
  // adam_solver.cpp
  const correction = solver === 'Adam' ? Math.sqrt(1 - ADAM_SQUARES ** steps) / (1 - momentum ** steps) : 1;
  return { solver, momentum, rate: learningRate * lrMult * correction, decay: weightDecay * decayMult };
}
