// What the solver adds to the memory of training a network, beyond one value kept of each parameter.
import type { MemoryEstimate } from './cost';

export interface SolverNeeds {
  /** Values that the solver keeps of each parameter that learns. */
  keeps: number;
  accumulation: number;
  clip: number | null;
}

/**
 * The estimate with the solver's needs. Accumulation and clipping hold the gradients of all parameters at once, where otherwise each is let
 * go as soon as its parameter has moved; accumulation has a layer's new gradient beside the sum.
 */
export function withSolver(
  memory: MemoryEstimate,
  { keeps, accumulation, clip }: SolverNeeds,
): MemoryEstimate {
  // The estimate's solver is one value for each parameter that learns: as many as gradients.
  const all = memory.solver;
  const gradients = accumulation > 1 ? all + memory.gradients : clip === null ? memory.gradients : all;
  const more = (keeps - 1) * all + gradients - memory.gradients;
  return { ...memory, solver: keeps * all, gradients, training: memory.training + more };
}
