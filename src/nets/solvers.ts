// The solvers by Caffe's names (SolverParameter.type), and how much each remembers.

export const solvers = ['SGD', 'Nesterov', 'AdaGrad', 'RMSProp', 'AdaDelta', 'Adam'] as const;
export type SolverName = (typeof solvers)[number];

/** What is kept of a parameter, each in its shape: velocities; sums or means of squares; for two, means of gradients or squares of steps first. */
export const historyLength: Readonly<Record<SolverName, 1 | 2>> = {
  SGD: 1,
  Nesterov: 1,
  AdaGrad: 1,
  RMSProp: 1,
  AdaDelta: 2,
  Adam: 2,
};
