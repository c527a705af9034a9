// The layers of a dense head as text, written as the built-in networks are.
import { quoteString as quoted } from '../../formats/prototxt-strings';

const layer = (name: string, type: string, bottoms: string[], top: string, rest: string) =>
  [
    'layer {',
    `  name: ${quoted(name)}`,
    `  type: ${quoted(type)}`,
    ...bottoms.map((bottom) => `  bottom: ${quoted(bottom)}`),
    `  top: ${quoted(top)}`,
    rest.replace(/\n$/, ''),
    '}',
  ].join('\n');

/** A score for each class; it starts near zero, so that the first loss is that of a guess. */
export function scoreLayer(name: string, bottom: string, classes: number, kernel = 'kernel_size: 1'): string {
  return layer(
    name,
    'Convolution',
    [bottom],
    name,
    `  param { lr_mult: 1 decay_mult: 1 }
  param { lr_mult: 2 decay_mult: 0 }
  convolution_param {
    num_output: ${classes}
    ${kernel}
    weight_filler { type: "gaussian" std: 0.01 }
  }`,
  );
}

/** Enlarges class by class, bilinearly, and learns nothing. */
export function upsampling(
  name: string,
  bottom: string,
  classes: number,
  kernel: number,
  stride: number,
): string {
  return layer(
    name,
    'Deconvolution',
    [bottom],
    name,
    `  param { lr_mult: 0 decay_mult: 0 }
  convolution_param {
    num_output: ${classes}
    kernel_size: ${kernel}
    stride: ${stride}
    group: ${classes}
    bias_term: false
    weight_filler { type: "bilinear" }
  }`,
  );
}

export const cropLayer = (name: string, bottom: string, like: string, offset: number, top = name) =>
  layer(name, 'Crop', [bottom, like], top, `  crop_param { axis: 2 offset: ${offset} }`);

export const sumLayer = (name: string, bottoms: [string, string]) =>
  layer(name, 'Eltwise', bottoms, name, '  eltwise_param { operation: SUM }');

/** @param rules the lines of include and exclude, as they should stand. */
export const lossLayer = (name: string, scores: string, label: string, rules: string) =>
  layer(
    name,
    'SoftmaxWithLoss',
    [scores, label],
    name,
    `  loss_param { ignore_label: 255 normalization: VALID }\n${rules}`,
  );

export const accuracyLayer = (name: string, scores: string, label: string, rules: string) =>
  layer(name, 'Accuracy', [scores, label], name, `  accuracy_param { ignore_label: 255 }\n${rules}`);
