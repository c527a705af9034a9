// What is wrong with how a run goes, read from its curves: each in words, with what helps.
import type { EpochRecord, RunRecord } from '../../training/types';
import { collapsedClass } from './collapse';
import { loss, percent } from './format';

export interface RunWarning {
  id: 'zero' | 'dead' | 'collapsed' | 'flat' | 'diverging' | 'overfitting';
  title: string;
  /** What was seen, and what to do about it. */
  text: string;
}

type Epoch = Pick<
  EpochRecord,
  'epoch' | 'trainLoss' | 'valLoss' | 'pixelAccuracy' | 'meanIoU' | 'confusion' | 'still' | 'zero'
>;
type Run = Pick<RunRecord, 'baseline' | 'classes' | 'start'>;

/** Epochs in a row that a judgement needs: one bad epoch is none. */
const PATIENCE = 3;
/** A loss that moved by less than this share over PATIENCE epochs has not moved. */
const FLAT = 0.01;
/** A validation loss that is so much above its best while the training loss fell has turned. */
const TURNED = 1.1;
/** A training loss that is so many times its best has left the valley. */
const BLOWN = 1.5;

/** Everything that the last epochs give reason to say, the most urgent first. */
export function runWarnings(epochs: readonly Epoch[], run: Run): RunWarning[] {
  const found = [
    zero(epochs),
    diverging(epochs),
    dead(epochs),
    collapsed(epochs, run),
    flat(epochs, run),
    overfitting(epochs),
  ];
  const warnings = found.filter((warning) => warning !== null);
  // A network that says one class has a flat loss for that reason, and more data would not help it.
  return warnings.some(({ id }) => id === 'collapsed')
    ? warnings.filter(({ id }) => id !== 'flat' && id !== 'overfitting')
    : warnings;
}

const remedyOfWeights = (run: Run) =>
  run.start
    ? 'Look in the settings whether the starting weights fitted: layers that begin at random learn slowly.'
    : 'Start a new run from the weights of a trained network: from random weights, few pictures rarely are enough.';

/** "conv1", "conv1 and fc6", "conv1, conv2 and 3 more". */
function named(layers: readonly string[]): string {
  if (layers.length > 3) return `${layers.slice(0, 2).join(', ')} and ${layers.length - 2} more`;
  return [layers.slice(0, -1).join(', '), layers.at(-1)!].filter(Boolean).join(' and ');
}

function zero(epochs: readonly Epoch[]): RunWarning | null {
  const layers = epochs.at(-1)?.zero ?? [];
  if (!layers.length) return null;
  return {
    id: 'zero',
    title: `The weights of ${named(layers)} are all zero`,
    text:
      'Such a layer passes nothing on, so those before it learn nothing. Give it a weight_filler, a bilinear one where it upsamples, or ' +
      'starting weights that have it.',
  };
}

/** A layer may rest for an epoch; one that rests for two has no gradient. */
function dead(epochs: readonly Epoch[]): RunWarning | null {
  const [before, last] = epochs.slice(-2);
  const layers = (last?.still ?? []).filter((layer) => before?.still?.includes(layer));
  if (!layers.length) return null;
  const all = layers.length === 1 ? 'It has' : 'They have';
  return {
    id: 'dead',
    title: `${named(layers)} ${layers.length === 1 ? 'does' : 'do'} not learn`,
    text:
      `${all} not changed for two epochs: no gradient arrives there. A step that was too large may have left every unit behind ` +
      'with outputs below zero, which ReLU cuts off; that does not mend itself. Start a new run with a tenth of the learning rate. A ' +
      'layer whose weights are all zero stops gradients, too.',
  };
}

function collapsed(epochs: readonly Epoch[], run: Run): RunWarning | null {
  const last = epochs.at(-1);
  const name = last && collapsedClass(last, run);
  if (!name) return null;
  return {
    id: 'collapsed',
    title: `The network predicts only ${name}`,
    text:
      `Saying ${name} for every pixel scores ${percent(run.baseline)}, the share of the largest class, and that is all ` +
      `it has learned so far. ${remedyOfWeights(run)} A smaller learning rate, or more epochs, may help too.`,
  };
}

function diverging(epochs: readonly Epoch[]): RunWarning | null {
  const last = epochs.at(-1);
  if (!last || epochs.length < 2) return null;
  const best = Math.min(...epochs.map(({ trainLoss }) => trainLoss));
  if (!(last.trainLoss > BLOWN * best && last.trainLoss - best > 0.05)) return null;
  return {
    id: 'diverging',
    title: 'The training loss rises',
    text:
      `It is ${loss(last.trainLoss)} in epoch ${last.epoch}, and was ${loss(best)} before. The steps are too large: ` +
      'change the learning rate to a tenth while the run goes on, or start a new one with it.',
  };
}

function flat(epochs: readonly Epoch[], run: Run): RunWarning | null {
  if (epochs.length < PATIENCE) return null;
  const losses = epochs.slice(-PATIENCE).map(({ trainLoss }) => trainLoss);
  const mean = losses.reduce((sum, value) => sum + value, 0) / PATIENCE;
  const moved = Math.max(...losses) - Math.min(...losses);
  const everFell = epochs[0]!.trainLoss - Math.min(...losses) > 0.05 * epochs[0]!.trainLoss;
  // At its end a good run is flat as well: only one that has never fallen is stuck.
  if (everFell || mean === 0 || moved > FLAT * mean) return null;
  return {
    id: 'flat',
    title: 'The loss does not fall',
    text:
      `It has stayed at ${loss(mean)} since the beginning. A larger learning rate may move it. ${remedyOfWeights(run)} ` +
      'An upsampling layer without a bilinear filler begins at zero and passes nothing on.',
  };
}

function overfitting(epochs: readonly Epoch[]): RunWarning | null {
  const last = epochs.at(-1);
  if (!last || epochs.length <= PATIENCE) return null;
  const best = epochs.reduce((least, epoch) => (epoch.valLoss < least.valLoss ? epoch : least));
  const since = epochs.slice(-PATIENCE);
  const above = since.every(({ valLoss, epoch }) => epoch > best.epoch && valLoss > best.valLoss);
  if (!above || last.valLoss < TURNED * best.valLoss || last.trainLoss >= best.trainLoss) return null;
  return {
    id: 'overfitting',
    title: 'The network learns the training pictures by heart',
    text:
      `The validation loss was lowest after epoch ${best.epoch} (${loss(best.valLoss)}) and is ${loss(last.valLoss)} now, ` +
      'while the training loss still falls. More pictures, mirrored ones too, a larger weight decay or fewer epochs help.',
  };
}
