// 'SolverUpdate' on wasm: the formulas are in ../host/solver-update.ts. Weight, gradient and histories are read once, weight and histories written once.
import type { SolverName } from '../../../nets/solvers';
import { ADAM_SQUARES, DELTA, RMS_DECAY, type SolverUpdateAttrs } from '../../solvers';
import type { HostKernel } from '../host/memory';
import { LEAST_VALUES } from './activations';
import { floatField } from './machine';
import { machineOf } from './running';

/** As assembly/solver-update.ts counts them; AdaGrad is RMSProp that keeps and adds all. */
const numbers: Readonly<Record<SolverName, number>> = {
  SGD: 0,
  Nesterov: 1,
  AdaGrad: 2,
  RMSProp: 2,
  AdaDelta: 3,
  Adam: 4,
};

/** Of each history the share that is kept, and that of what is added. */
function shares({ solver, momentum }: SolverUpdateAttrs): [number, number, number, number] {
  if (solver === 'AdaGrad') return [1, 1, 0, 0];
  if (solver === 'RMSProp') return [RMS_DECAY, 1 - RMS_DECAY, 0, 0];
  const second = solver === 'Adam' ? ADAM_SQUARES : momentum;
  return [momentum, 1 - momentum, second, 1 - second];
}

export const solverKernels: Readonly<Record<string, HostKernel>> = {
  /** weight, gradient and one or two histories of one shape give the new weight and histories. */
  SolverUpdate: (memory, { weight, gradient, history0, history1 }, attributes) => {
    const attrs = attributes as unknown as SolverUpdateAttrs;
    // New tensors, not in place: XNNPACK keeps a weight's packed form under its tensor's id.
    const made = (history1 ? [0, 1, 2] : [0, 1]).map(() => memory.allocate(weight!.shape));
    const [weightOut, history0Out, history1Out] = made;
    const tensors = [weight, gradient, history0, history1, weightOut, history0Out, history1Out];
    const machine = machineOf();
    const count = memory.view(weight!).length;
    const { step, chunks } = machine.cut(count, LEAST_VALUES, 4);
    machine.run('update', chunks, [
      numbers[attrs.solver],
      ...tensors.map((tensor) => (tensor ? memory.view(tensor).byteOffset : 0)),
      ...[count, step],
      ...[attrs.rate, attrs.decay, ...shares(attrs), DELTA].map(floatField),
    ]);
    return made;
  },
};
