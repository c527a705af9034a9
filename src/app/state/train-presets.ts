// Settings by which others have trained such networks, under names: where a run begins, and what it is compared with.
import { AppError } from '../../core/errors';
import { noAugmentation } from '../../data/augment/settings';
import { policyDefaults, policyParameters } from '../../nets/learning-rate';
import type { TrainSettings } from '../../training/types';
import { trainDefaults } from './train-defaults';

/** What a preset decides; the rest belongs to the data and the time there is. */
export type PresetSettings = Pick<
  TrainSettings,
  | 'batch'
  | 'accumulation'
  | 'learningRate'
  | 'policy'
  | 'policyParameters'
  | 'warmup'
  | 'solver'
  | 'momentum'
  | 'weightDecay'
  | 'clip'
  | 'augmentation'
>;

export interface Preset {
  id: string;
  title: string;
  help: string;
  settings: PresetSettings;
  /** Whether it is for networks that bring their input to unit variance. */
  scaledInput?: true;
}

/** What a setting is called where it is said that it was changed; in the order of the form. */
const titles: Record<keyof PresetSettings, string> = {
  learningRate: 'learning rate',
  batch: 'batch size',
  augmentation: 'augmentation',
  policy: 'policy',
  policyParameters: 'its parameters',
  warmup: 'warm-up',
  solver: 'solver',
  momentum: 'momentum',
  weightDecay: 'weight decay',
  accumulation: 'accumulation',
  clip: 'clipping',
};
const keys = Object.keys(titles) as (keyof PresetSettings)[];

/** Those settings of a preset's kind that a run, or its defaults, has. */
const ofKind = (settings: PresetSettings) =>
  Object.fromEntries(keys.map((key) => [key, settings[key]])) as unknown as PresetSettings;

const standard = ofKind(trainDefaults);
/** One picture a step, as it is, and the same rate throughout, as in all solvers of github.com/shelhamer/fcn.berkeleyvision.org. */
const berkeley: PresetSettings = {
  ...standard,
  batch: 1,
  policy: 'fixed',
  policyParameters: policyDefaults.fixed,
  augmentation: noAugmentation,
};

export const presets: readonly Preset[] = [
  {
    id: 'standard',
    title: 'Standard',
    help: 'SGD at a rate that few networks diverge with; it falls around the middle of the run.',
    settings: standard,
  },
  {
    id: 'random',
    title: 'From random weights',
    help: 'Adam, its rate falling in a line to 0, for networks with scaled input: others would lose their first layer’s weights.',
    // The rate that did best in the benchmark "city" of e2e/bench: FCN-AlexNet with scaled input, at a quarter of its width.
    settings: {
      ...standard,
      batch: 2,
      learningRate: 3e-4,
      policy: 'poly',
      policyParameters: { ...policyDefaults.poly, power: 1 },
      solver: 'Adam',
      weightDecay: 0,
    },
    scaledInput: true,
  },
  {
    id: 'fine-tune',
    title: 'Fine-tune',
    help: 'From the weights of a model: the rate rises over half an epoch, while the scores are still random, and falls in a line to 0.',
    settings: {
      ...standard,
      policy: 'poly',
      policyParameters: { ...policyDefaults.poly, power: 1 },
      warmup: 0.5,
    },
  },
  {
    id: 'digits',
    title: 'DIGITS 5',
    help: 'As DIGITS trains its example of segmentation: SGD, one picture a step, the rate a tenth after each third.',
    // The defaults of DIGITS 5 (digits/model/forms.py), with the rate and the batch of examples/semantic-segmentation. It has no field for
    // weight decay and writes a hundredth of the rate (caffe_train.py, save_files_generic); Caffe has no augmentation.
    settings: {
      ...standard,
      batch: 1,
      policy: 'step',
      policyParameters: policyDefaults.step,
      weightDecay: 1e-6,
      augmentation: noAugmentation,
    },
  },
  {
    id: 'fcn-alexnet',
    title: 'FCN paper, AlexNet',
    help: 'As Berkeley trained FCN-AlexNet from CaffeNet’s weights: a step is the mean of 20 pictures.',
    // voc-fcn-alexnet/solver.prototxt: its loss is normalised, as all losses are here.
    settings: { ...berkeley, accumulation: 20 },
  },
  {
    id: 'fcn-heavy',
    title: 'FCN paper, heavy learning',
    help: 'As Berkeley trained FCN-8s at once from VGG-16’s weights: single pictures, momentum 0.99.',
    // voc-fcn8s-atonce/solver.prototxt has the rate 1e-10 and the decay 5e-4 for a loss that is the sum over a picture's pixels. Here it is
    // their mean, so the rate is multiplied by the pixels of a picture of PASCAL VOC, 500 x 375, and the decay, which Caffe adds to the
    // gradient before the rate, is divided by them: 1e-10 * 187,500 and 5e-4 / 187,500.
    settings: { ...berkeley, learningRate: 1.9e-5, momentum: 0.99, weightDecay: 2.7e-9 },
  },
];

/** @throws AppError 'bad-settings' that lists the presets there are */
export function presetNamed(id: string): Preset {
  const preset = presets.find((one) => one.id === id);
  if (preset) return preset;
  throw new AppError(
    'bad-settings',
    `There is no preset "${id}". Choose one of ${presets.map((one) => one.id).join(', ')}.`,
  );
}

/** What is not as in the preset, in the words of the form; the parameters count that the policy has a use for. */
export function presetChanges(settings: PresetSettings, preset: Preset): string[] {
  const used = policyParameters[preset.settings.policy];
  const parameters = (one: PresetSettings) => used.map((name) => one.policyParameters[name]);
  const same = (key: keyof PresetSettings) =>
    key === 'policyParameters'
      ? settings.policy !== preset.settings.policy ||
        isSame(parameters(settings), parameters(preset.settings))
      : isSame(settings[key], preset.settings[key]);
  return keys.filter((key) => !same(key)).map((key) => titles[key]);
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Records in one order of their keys. */
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    : value;

/** The defaults of a run that begins with a preset, or with none. */
export function defaultsWith(preset: string | undefined): typeof trainDefaults {
  if (preset === undefined) return trainDefaults;
  const { settings, scaledInput } = presetNamed(preset);
  const network = scaledInput ? ({ kind: 'zoo', id: 'fcn-alexnet-scaled' } as const) : trainDefaults.network;
  return { ...trainDefaults, ...settings, network };
}
