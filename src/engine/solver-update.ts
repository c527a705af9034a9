// A solver's step for one parameter.
import * as tf from '@tensorflow/tfjs';
import { historyLength } from '../nets/solvers';
import { replaceHistory, replaceValue, type Parameter } from './parameters';
import {
  ADAM_SQUARES,
  attributesOf,
  DELTA,
  RMS_DECAY,
  type SolverRates,
  type SolverUpdateAttrs,
} from './solvers';

/** Replaces the parameter's value and history; the gradient stays the caller's. */
export function updateParameter(parameter: Parameter, gradient: tf.Tensor, rates: SolverRates): void {
  const attrs = attributesOf(rates, parameter);
  const weight = parameter.value;
  const isFirst = parameter.history.length === 0;
  const history = isFirst
    ? Array.from({ length: historyLength[rates.solver] }, () => tf.zerosLike(weight))
    : parameter.history;
  const [value, ...next] = run(weight, gradient, history, attrs);
  // The first update's zeros are not the parameter's.
  if (isFirst) tf.dispose(history);
  replaceValue(parameter, value!);
  replaceHistory(parameter, next);
}

function run(
  weight: tf.Tensor,
  gradient: tf.Tensor,
  history: tf.Tensor[],
  attrs: SolverUpdateAttrs,
): tf.Tensor[] {
  if (!tf.getKernel('SolverUpdate', tf.getBackend())) return composedUpdate(weight, gradient, history, attrs);
  const [history0, history1] = history;
  const inputs = { weight, gradient, history0: history0!, ...(history1 && { history1 }) };
  return tf.engine().runKernel<tf.Tensor[]>('SolverUpdate', inputs, { ...attrs });
}

/** Out of stock kernels; the formulas are at host/solver-update.ts. */
function composedUpdate(
  weight: tf.Tensor,
  gradient: tf.Tensor,
  [h, k]: tf.Tensor[],
  { solver, momentum: m, rate, decay }: SolverUpdateAttrs,
): tf.Tensor[] {
  return tf.tidy(() => {
    const g = decay === 0 ? gradient : gradient.add(weight.mul(decay));
    const mean = (before: tf.Tensor, kept: number, value: tf.Tensor) =>
      before.mul(kept).add(value.mul(1 - kept));
    const divided = (step: tf.Tensor, squares: tf.Tensor) =>
      weight.sub(step.mul(rate).div(squares.sqrt().add(DELTA)));
    switch (solver) {
      case 'SGD':
      case 'Nesterov': {
        const step = g.mul(rate);
        const next = h!.mul(m).add(step);
        return [weight.sub(solver === 'SGD' ? next : next.mul(m).add(step)), next];
      }
      case 'AdaGrad':
      case 'RMSProp': {
        const next = solver === 'AdaGrad' ? h!.add(g.square()) : mean(h!, RMS_DECAY, g.square());
        return [divided(g, next), next];
      }
      case 'AdaDelta': {
        const next = mean(h!, m, g.square());
        const step = g.mul(k!.add(DELTA).div(next.add(DELTA)).sqrt());
        return [weight.sub(step.mul(rate)), next, mean(k!, m, step.square())];
      }
      case 'Adam': {
        const [first, second] = [mean(h!, m, g), mean(k!, ADAM_SQUARES, g.square())];
        return [divided(first, second), first, second];
      }
    }
  });
}
