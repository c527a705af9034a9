// 'SolverUpdate' in one pass over a parameter. With g the gradient plus decay times the weight w, and r the rate (Caffe, the file named):
//   SGD       h <- m h + r g; w <- w - h                                                        (sgd_solver.cpp)
//   Nesterov  h <- m h + r g; w <- w - ((1 + m) h - m h before), which is w - (m h + r g)       (nesterov_solver.cpp)
//   AdaGrad   h <- h + g^2; w <- w - r g / (sqrt h + delta)                                     (adagrad_solver.cpp)
//   RMSProp   h <- d h + (1 - d) g^2; w as AdaGrad                                              (rmsprop_solver.cpp)
//   AdaDelta  h <- m h + (1 - m) g^2; u = g sqrt((k + delta) / (h + delta));
//             k <- m k + (1 - m) u^2; w <- w - r u                                              (adadelta_solver.cpp)
//   Adam      h <- m h + (1 - m) g; k <- b k + (1 - b) g^2; w <- w - r h / (sqrt k + delta)      (adam_solver.cpp)
import type * as tf from '@tensorflow/tfjs';
import { ADAM_SQUARES, DELTA, RMS_DECAY, type SolverUpdateAttrs } from '../../solvers';
import { registerHostKernel, type HostMemory } from './memory';

type Values = Float32Array;

/** Fills `wOut`, `hOut` and for two histories `kOut`. */
function update(
  { solver, momentum: m, rate: r, decay }: SolverUpdateAttrs,
  [w, grad, h, k]: readonly [Values, Values, Values, Values],
  [wOut, hOut, kOut]: readonly [Values, Values, Values],
): void {
  const { length } = w;
  const { sqrt } = Math;
  if (solver === 'SGD' || solver === 'Nesterov') {
    const nesterov = solver === 'Nesterov';
    for (let i = 0; i < length; i++) {
      const step = r * (grad[i]! + decay * w[i]!);
      const next = m * h[i]! + step;
      hOut[i] = next;
      wOut[i] = w[i]! - (nesterov ? m * next + step : next);
    }
  } else if (solver === 'AdaGrad' || solver === 'RMSProp') {
    const [kept, added] = solver === 'AdaGrad' ? [1, 1] : [RMS_DECAY, 1 - RMS_DECAY];
    for (let i = 0; i < length; i++) {
      const g = grad[i]! + decay * w[i]!;
      const next = kept * h[i]! + added * g * g;
      hOut[i] = next;
      wOut[i] = w[i]! - (r * g) / (sqrt(next) + DELTA);
    }
  } else if (solver === 'AdaDelta') {
    for (let i = 0; i < length; i++) {
      const g = grad[i]! + decay * w[i]!;
      const next = m * h[i]! + (1 - m) * g * g;
      const u = g * sqrt((k[i]! + DELTA) / (next + DELTA));
      hOut[i] = next;
      kOut[i] = m * k[i]! + (1 - m) * u * u;
      wOut[i] = w[i]! - r * u;
    }
  } else {
    for (let i = 0; i < length; i++) {
      const g = grad[i]! + decay * w[i]!;
      const mean = m * h[i]! + (1 - m) * g;
      const squares = ADAM_SQUARES * k[i]! + (1 - ADAM_SQUARES) * g * g;
      hOut[i] = mean;
      kOut[i] = squares;
      wOut[i] = w[i]! - (r * mean) / (sqrt(squares) + DELTA);
    }
  }
}

/** weight, gradient and one or two histories of one shape give the new weight and histories. */
function solverUpdate(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, unknown>,
): tf.TensorInfo[] {
  const { weight, gradient, history0, history1 } = inputs;
  const read = [weight!, gradient!, history0!, history1 ?? history0!] as const;
  const made = (history1 ? [0, 1, 2] : [0, 1]).map(() => memory.allocate(weight!.shape));
  const [w, g, h, k] = read.map((tensor) => memory.view(tensor));
  const [wOut, hOut, kOut] = made.map((tensor) => memory.view(tensor));
  update(attributes as unknown as SolverUpdateAttrs, [w!, g!, h!, k!], [wOut!, hOut!, kOut ?? hOut!]);
  return made;
}

export function registerSolverUpdate(): void {
  registerHostKernel('SolverUpdate', solverUpdate, ['cpu']);
}
