// Learning-rate policies (Caffe, sgd_solver.cpp GetLearningRate) with the parameters that DIGITS fills in, scaled to the run's length
// (DIGITS, caffe_train.py save_files_generic).
import type { PolicyName } from './types';

/** The rate of a step, counted from 0, of a run of `steps` steps that begins with `base`. */
export function learningRateAt(policy: PolicyName, base: number, step: number, steps: number): number {
  const percent = steps / 100;
  switch (policy) {
    case 'fixed':
      return base;
    case 'step':
      return base * 0.1 ** Math.floor(step / Math.ceil(33 * percent));
    case 'multistep':
      return base * 0.5 ** [50, 85].filter((value) => step >= Math.ceil(value * percent)).length;
    case 'exp':
      return base * (0.95 ** (1 / percent)) ** step;
    case 'inv':
      return base * (1 + (0.1 / percent) * step) ** -0.5;
    case 'poly':
      return base * (1 - step / steps) ** 3;
    case 'sigmoid':
      return base / (1 + Math.exp((0.1 / percent) * (step - Math.ceil(50 * percent))));
  }
}
