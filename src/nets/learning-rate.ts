// How the learning rate changes over a run: Caffe's policies (sgd_solver.cpp, GetLearningRate), with what DIGITS fills in for their parameters
// (caffe_train.py, save_files_generic), scaled to the run's length.

export const policyNames = ['fixed', 'step', 'multistep', 'exp', 'inv', 'poly', 'sigmoid'] as const;
export type PolicyName = (typeof policyNames)[number];

/** What the policies' formulas need; each reads what policyParameters names, and nothing of the rest. */
export interface PolicyParameters {
  /** step, multistep: the factor of each drop. exp: the factor of each hundredth of the run. inv, sigmoid: how fast, per hundredth. */
  gamma: number;
  /** inv, poly: the exponent. */
  power: number;
  /** In percent of the run. step: the length of a step; multistep: where each drop is, rising; sigmoid: the middle of the fall. */
  at: readonly number[];
}

export const policyParameters: Readonly<Record<PolicyName, readonly (keyof PolicyParameters)[]>> = {
  fixed: [],
  step: ['at', 'gamma'],
  multistep: ['at', 'gamma'],
  exp: ['gamma'],
  inv: ['gamma', 'power'],
  poly: ['power'],
  sigmoid: ['at', 'gamma'],
};

/** DIGITS' values. */
export const policyDefaults: Readonly<Record<PolicyName, PolicyParameters>> = {
  fixed: { gamma: 1, power: 1, at: [] },
  step: { gamma: 0.1, power: 1, at: [33] },
  multistep: { gamma: 0.5, power: 1, at: [50, 85] },
  exp: { gamma: 0.95, power: 1, at: [] },
  inv: { gamma: 0.1, power: 0.5, at: [] },
  poly: { gamma: 1, power: 3, at: [] },
  sigmoid: { gamma: 0.1, power: 1, at: [50] },
};

/** Another base rate from a step on (counted from 0), in place of the one before. */
export interface RateChange {
  step: number;
  learningRate: number;
}

export interface RateSchedule {
  learningRate: number;
  policy: PolicyName;
  policyParameters: PolicyParameters;
  /** What was changed while the run went on, by rising steps. */
  changes?: readonly RateChange[];
}

/** The changes among the marks of a run, by rising steps. Of several at one step the last holds. */
export function rateChanges(marks: readonly { step: number; learningRate?: number }[] = []): RateChange[] {
  return marks
    .flatMap(({ step, learningRate }) => (learningRate === undefined ? [] : [{ step, learningRate }]))
    .sort((a, b) => a.step - b.step);
}

/** The base rate that the policy of a step, counted from 0, starts from: the last change that is not after it. */
export function baseRateAt(
  { learningRate, changes = [] }: Pick<RateSchedule, 'learningRate' | 'changes'>,
  step: number,
): number {
  return changes.findLast((change) => change.step <= step)?.learningRate ?? learningRate;
}

/** What is wrong with a policy's parameters, in a sentence; null where nothing is. */
export function policyProblem(policy: PolicyName, { gamma, power, at }: PolicyParameters): string | null {
  const needs = policyParameters[policy];
  if (needs.includes('gamma') && !(gamma > 0 && gamma <= 10)) {
    return 'The factor (gamma) must be more than 0 and at most 10.';
  }
  if (needs.includes('power') && !(power > 0 && power <= 100)) {
    return 'The power must be more than 0 and at most 100.';
  }
  if (!needs.includes('at')) return null;
  const percent = at.every((value) => value > 0 && value <= 100);
  const rising = at.every((value, i) => i === 0 || value > at[i - 1]!);
  if (policy === 'multistep') {
    return at.length > 0 && percent && rising
      ? null
      : 'The drops must be rising percentages of the run, above 0 and at most 100, such as 50, 85.';
  }
  return at.length === 1 && percent ? null : 'Give one percentage of the run, above 0 and at most 100.';
}

/**
 * The rate of a step, counted from 0, of a run of `steps` steps.
 * @param warmup steps over which the rate rises in equal parts to what the policy gives; may be a fraction
 */
export function learningRateAt(schedule: RateSchedule, step: number, steps: number, warmup = 0): number {
  const rate = policyRate(schedule, step, steps);
  return step + 1 < warmup ? (rate * (step + 1)) / warmup : rate;
}

function policyRate(schedule: RateSchedule, step: number, steps: number) {
  const { policy, policyParameters } = schedule;
  const base = baseRateAt(schedule, step);
  const { gamma, power, at } = policyParameters;
  const percent = steps / 100;
  switch (policy) {
    case 'fixed':
      return base;
    case 'step':
      return base * gamma ** Math.floor(step / Math.ceil(at[0]! * percent));
    case 'multistep':
      return base * gamma ** at.filter((value) => step >= Math.ceil(value * percent)).length;
    case 'exp':
      return base * (gamma ** (1 / percent)) ** step;
    case 'inv':
      return base * (1 + (gamma / percent) * step) ** -power;
    case 'poly':
      return base * (1 - step / steps) ** power;
    case 'sigmoid':
      return base / (1 + Math.exp((gamma / percent) * (step - Math.ceil(at[0]! * percent))));
  }
}
