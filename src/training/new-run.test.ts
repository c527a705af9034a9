// What a run cannot be made of.
import { describe, expect, it } from 'vitest';
import { noAugmentation } from '../data/augment/settings';
import type { DatasetRecord } from '../data/types';
import { newRun } from './new-run';
import { dataset, pixels, settings } from './testing/stripes';
import type { TrainSettings } from './types';

describe('newRun', () => {
  const score = `layer { name: "score" type: "Convolution" bottom: "data" top: "score"
    convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "msra" } } }\n`;
  const loss = (name: string, rest = '') =>
    `layer { name: "${name}" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "${name}" ${rest} }\n`;
  const ofText = (text: string): Partial<TrainSettings> => ({ network: { kind: 'prototxt', text } });

  it.each<[string, Partial<TrainSettings>, Partial<DatasetRecord>, RegExp]>([
    ['no epochs', { epochs: 0 }, {}, /^Epochs must be a whole number/],
    ['a learning rate of 0', { learningRate: 0 }, {}, /^The learning rate must be a number above 0/],
    ['accumulation of 0', { accumulation: 0 }, {}, /^Accumulation must be a whole number/],
    ['warm-up longer than the run', { warmup: 4 }, {}, /^Warm-up must be from 0 to the run's 3 epochs/],
    ['a bound of 0', { clip: 0 }, {}, /^The bound of the gradients' norm/],
    [
      'an augmentation that cannot be',
      { augmentation: { ...noAugmentation, hue: 200 } },
      {},
      /^The augmentation "hue"/,
    ],
    ['a policy without its parameter', { policy: 'step' }, {}, /"step" cannot be used as given/],
    ['multipliers of no layer', { multipliers: { fc9: [] } }, {}, /no layer "fc9"/],
    ['a gamma below 0', { focalGamma: -1 }, {}, /gamma must be from 0 to 10, not -1/],
    [
      'too few class weights',
      { classWeights: { mode: 'by-hand', weights: [1, 2] } },
      {},
      /^The class weights cannot be used as given. Give one weight for each of the 3 classes, not 2/,
    ],
    [
      'class weights that leave nothing to learn',
      { classWeights: { mode: 'by-hand', weights: [0, 0, 0] } },
      {},
      /training pixels a weight above 0/,
    ],
    ['no validation', {}, { tiles: { train: 5, val: 0 } }, /no tiles for validation/],
    [
      'sizes that differ',
      {},
      { tileSizes: [...dataset.tileSizes, { width: 8, height: 8, count: 1 }] },
      /2 sizes/,
    ],
    [
      'a dataset without a label',
      {},
      { pixels: { train: { classes: [0, 0, 0], void: 9 }, val: pixels(2) } },
      /^The training pictures of "stripes" have no labelled pixel/,
    ],
    [
      'validation without a label',
      {},
      { pixels: { train: pixels(5), val: { classes: [0, 0, 0], void: 9 } } },
      /^The validation pictures of "stripes" have no labelled pixel/,
    ],
    ['an unknown network', { network: { kind: 'zoo', id: 'nothing' } }, {}, /no built-in network "nothing"/],
    ['void pixels that would count', ofText(score + loss('loss')), { pixels: withVoid() }, /ignore_label/],
    ['a network without a loss', ofText(score), {}, /^Line 1: the last layer is "score" \(Convolution\)/],
    [
      'a network that labels whole images',
      ofText(`layer { name: "fc" type: "InnerProduct" bottom: "data" top: "score"
        inner_product_param { num_output: 3 } }\n${loss('loss')}`),
      {},
      /^Line 3: layer "loss" reads one score for the whole image/,
    ],
    [
      'a network for grey images',
      ofText(`input: "data" input_shape { dim: 1 dim: 1 dim: 16 dim: 24 }\n${score}${loss('loss')}`),
      {},
      /^Line 1: the network reads images of 1 channels/,
    ],
    [
      'void pixels that would count in one of two losses',
      ofText(score + loss('first', 'loss_param { ignore_label: 255 }') + loss('second')),
      { pixels: withVoid() },
      /Give layer "second" the line/,
    ],
  ])('refuses %s', (_what, changes, record, message) => {
    expect(() => newRun('run', null, { ...settings, ...changes }, { ...dataset, ...record })).toThrow(
      message,
    );
  });

  it('takes a network whose loss is not its last layer', () => {
    const shown = `layer { name: "shown" type: "Softmax" bottom: "score" top: "shown" }`;
    const run = newRun('run', null, { ...settings, ...ofText(score + loss('loss') + shown) }, dataset);
    expect(run.status).toBe('waiting');
  });

  function withVoid() {
    return { train: { ...pixels(5), void: 4 }, val: pixels(2) };
  }
});
