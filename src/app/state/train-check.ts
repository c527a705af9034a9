// What is wrong with the settings of a run, said while they are typed.
import { weightsProblem, type WeightMode } from '../../data/class-weights';
import { augmentationProblems, type Augmentation } from '../../data/augment/settings';
import type { DatasetRecord, Split } from '../../data/types';
import { policyDefaults, policyProblem, type PolicyName } from '../../nets/learning-rate';
import { isFocal, MOST_GAMMA, type LossName } from '../../nets/objective';
import type { TrainSettings } from '../../training/types';

/** The number fields of the form; null where the field is empty or not a number. */
export interface TrainNumbers {
  width: number | null;
  epochs: number | null;
  batch: number | null;
  accumulation: number | null;
  warmup: number | null;
  /** 0 for no bound. */
  clip: number | null;
  learningRate: number | null;
  momentum: number | null;
  weightDecay: number | null;
  focalGamma: number | null;
  seed: number | null;
}

/** The policy with its parameters as typed. */
export interface TypedPolicy {
  policy: PolicyName;
  gamma: number | null;
  power: number | null;
  at: readonly number[] | null;
}

/** The loss, and the class weights as typed: null with none, and where they follow from the labels and are not known yet. */
export interface TypedLoss {
  loss: LossName;
  weights: { mode: WeightMode; values: readonly (number | null)[] | null };
}

export type TrainProblems = Partial<
  Record<
    | keyof TrainNumbers
    | 'dataset'
    | 'network'
    | 'policyParameters'
    | 'classWeights'
    | 'augmentation'
    | 'mean',
    string
  >
>;

const whole = (value: number | null, from: number, to: number) =>
  value !== null && Number.isInteger(value) && value >= from && value <= to;
const above0 = (value: number | null) => value !== null && value > 0;
/** At least 0 and less than 1. */
const share = (value: number | null) => value !== null && value >= 0 && value < 1;

const isVoid = ({ pixels }: DatasetRecord, split: Split) => !pixels[split].classes.some((count) => count > 0);

/**
 * One sentence for each field that cannot be used; an empty record when the run can start. The bounds are those by
 * which the trainer refuses a run.
 */
export function checkTraining(
  numbers: TrainNumbers & TypedPolicy & TypedLoss,
  augmentation: Augmentation,
  dataset: DatasetRecord | null,
): TrainProblems {
  const problems: TrainProblems = {};
  if (!dataset) problems.dataset = 'Choose a dataset.';
  else if (dataset.state === 'importing') problems.dataset = 'This dataset is still being imported.';
  else if (dataset.tiles.train === 0) problems.dataset = 'This dataset has no training pictures.';
  else if (dataset.tiles.val === 0) {
    problems.dataset =
      'This dataset has no validation pictures. Import it again with a share for validation.';
  } else if (isVoid(dataset, 'train')) {
    problems.dataset = 'No pixel of the training pictures is labelled. Annotate some of them first.';
  } else if (isVoid(dataset, 'val')) {
    problems.dataset = 'No pixel of the validation pictures is labelled. Annotate some of them first.';
  }
  if (!above0(numbers.width) || numbers.width! > 4) {
    problems.width = 'Give a width above 0, and at most 4.';
  }
  if (!whole(numbers.epochs, 1, 100_000)) problems.epochs = 'Give a whole number of epochs, 1 or more.';
  if (!whole(numbers.batch, 1, 1024)) problems.batch = 'Give a whole number from 1 to 1,024.';
  else if (dataset && dataset.tileSizes.length > 1 && (numbers.batch ?? 1) > 1 && !augmentation.crop) {
    problems.batch =
      'The pictures of this dataset differ in size: train with batch size 1, crop them to one size, or import it again with one size.';
  }
  if (!whole(numbers.accumulation, 1, 1024)) problems.accumulation = 'Give a whole number from 1 to 1,024.';
  const { warmup, epochs } = numbers;
  if (warmup === null || warmup < 0) problems.warmup = 'Give 0 for none, or a number of epochs.';
  else if (epochs !== null && warmup > epochs) problems.warmup = `The run has only ${epochs} epochs.`;
  if (numbers.clip === null || numbers.clip < 0) problems.clip = 'Give 0 for no bound, or a number above 0.';
  const wrong = policyProblem(numbers.policy, typedParameters(numbers));
  if (wrong) problems.policyParameters = wrong;
  if (!above0(numbers.learningRate)) {
    problems.learningRate = 'Give a number above 0, such as 0.0001 or 1e-4.';
  }
  if (!share(numbers.momentum)) problems.momentum = 'Give a number from 0 to below 1.';
  if (!share(numbers.weightDecay)) problems.weightDecay = 'Give a number from 0 to below 1.';
  const { loss, focalGamma, weights } = numbers;
  if (isFocal(loss) && (focalGamma === null || focalGamma < 0 || focalGamma > MOST_GAMMA)) {
    problems.focalGamma = `Give a number from 0 to ${MOST_GAMMA}.`;
  }
  if (dataset && weights.values) {
    const unusable = weightsProblem(weights.values, dataset.pixels.train.classes);
    if (unusable) problems.classWeights = unusable;
  }
  const [unusable] = Object.values(augmentationProblems(augmentation));
  if (unusable) problems.augmentation = unusable;
  if (!whole(numbers.seed, 0, 4294967295)) problems.seed = 'Give a whole number from 0 to 4,294,967,295.';
  return problems;
}

/** What cannot be read is no number. */
export const typedParameters = ({ gamma, power, at }: Omit<TypedPolicy, 'policy'>) => ({
  gamma: gamma ?? NaN,
  power: power ?? NaN,
  at: at ?? [],
});

const advanced = [
  'policy',
  'policyParameters',
  'warmup',
  'accumulation',
  'clip',
  'multipliers',
  'loss',
  'focalGamma',
  'classWeights',
  'solver',
  'momentum',
  'weightDecay',
  'mean',
  'seed',
  'backend',
] as const satisfies (keyof TrainSettings)[];

/** How many of the folded settings differ from the defaults; the parameters of another policy are its own. */
export function countDifferent(
  settings: Record<(typeof advanced)[number], unknown>,
  defaults: Pick<TrainSettings, (typeof advanced)[number]>,
): number {
  const policyParameters = policyDefaults[settings.policy as PolicyName];
  const own = { ...defaults, policyParameters };
  return advanced.filter((key) => JSON.stringify(settings[key]) !== JSON.stringify(own[key])).length;
}
