// A network for another width or another number of classes: the same prototxt with other num_output.
import { AppError } from '../core/errors';
import { parsePrototxt, writePrototxt, type PrototxtField, type PrototxtMessage } from '../formats/prototxt';
import { readNetwork } from './read-network';
import type { ConvolutionSpec, LayerSpec, NetSpec } from './spec';

const isConvolution = (layer: LayerSpec): layer is ConvolutionSpec =>
  layer.type === 'Convolution' || layer.type === 'Deconvolution';

const learns = (layer: ConvolutionSpec) => layer.params[0]?.lrMult !== 0;

/** The layers whose outputs are one per class: what reaches the loss without passing another learned convolution. */
export function scoreLayers(spec: NetSpec): Set<string> {
  const last = spec.layers.at(-1);
  const found = new Set<string>();
  const wanted = new Set<string>(
    last ? (last.type === 'SoftmaxWithLoss' ? last.bottoms.slice(0, 1) : last.tops) : [],
  );
  for (const layer of spec.layers.toReversed()) {
    if (layer.type === 'SoftmaxWithLoss' || !wanted.has(layer.tops[0]!)) continue;
    const ends = isConvolution(layer) && layer.type === 'Convolution';
    if (isConvolution(layer)) found.add(layer.name);
    // A crop's second bottom gives only a size.
    if (!ends)
      for (const bottom of layer.type === 'Crop' ? layer.bottoms.slice(0, 1) : layer.bottoms)
        wanted.add(bottom);
    if (ends || !layer.bottoms.includes(layer.tops[0]!)) wanted.delete(layer.tops[0]!);
  }
  return found;
}

/** The number of classes that a network scores. */
export function classCount(spec: NetSpec): number {
  const scores = scoreLayers(spec);
  const counts = new Set(
    spec.layers.filter(isConvolution).flatMap((l) => (scores.has(l.name) ? [l.numOutput] : [])),
  );
  if (counts.size !== 1) {
    throw new AppError(
      'bad-network',
      `The layers ${[...scores].join(', ') || '(none)'} should score the same number of classes.`,
    );
  }
  return [...counts][0]!;
}

/**
 * The prototxt with `classes` scores and every other learned layer's num_output scaled by `width`.
 * Scaled widths are multiples of the groups that read or make them, and never 0. Below width 1, dropout ratios shrink alike: a layer with
 * a quarter of its outputs has little to spare, and with the full ratio a narrow network hardly learns.
 */
export function resizeNetwork(
  prototxt: string,
  { width, classes }: { width: number; classes: number | null },
): string {
  if (!(width > 0 && width <= 4)) {
    throw new AppError(
      'bad-settings',
      `The width multiplier must be more than 0 and at most 4, not ${width}.`,
    );
  }
  const spec = readNetwork(prototxt);
  const scores = scoreLayers(spec);
  const resized = new Map<string, { numOutput: number; group: number }>();
  const scaled = spec.layers
    .filter(isConvolution)
    .filter((layer) => !scores.has(layer.name) && learns(layer));
  const unit = Math.max(1, ...scaled.map((layer) => layer.group));
  for (const layer of spec.layers.filter(isConvolution)) {
    if (scores.has(layer.name)) {
      const numOutput = classes ?? layer.numOutput;
      resized.set(layer.name, {
        numOutput,
        group: layer.group === layer.numOutput ? numOutput : layer.group,
      });
    } else if (learns(layer)) {
      const numOutput = Math.max(unit, Math.round((layer.numOutput * width) / unit) * unit);
      resized.set(layer.name, { numOutput, group: layer.group });
    }
  }
  const message = parsePrototxt(prototxt);
  for (const field of message.fields) {
    if (field.name !== 'layer' || field.value.kind !== 'message') continue;
    const ratio = field.value.fields.find((entry) => entry.name === 'dropout_param')?.value;
    if (width < 1 && ratio?.kind === 'message') scaleRatio(ratio, width);
    const name = field.value.fields.find((entry) => entry.name === 'name')?.value;
    const change = name?.kind === 'string' ? resized.get(name.text) : undefined;
    const parameters = field.value.fields.find((entry) => entry.name === 'convolution_param')?.value;
    if (!change || parameters?.kind !== 'message') continue;
    setNumber(parameters, 'num_output', change.numOutput);
    if (parameters.fields.some((entry) => entry.name === 'group'))
      setNumber(parameters, 'group', change.group);
  }
  return writePrototxt(message);
}

function setNumber(message: PrototxtMessage, name: string, value: number): void {
  const field: PrototxtField | undefined = message.fields.find((entry) => entry.name === name);
  if (field) field.value = { kind: 'number', value };
}

/** Multiplies dropout_ratio, which is 0.5 where it is not given. */
function scaleRatio(message: PrototxtMessage, width: number): void {
  const field = message.fields.find((entry) => entry.name === 'dropout_ratio');
  const before = field?.value.kind === 'number' ? field.value.value : 0.5;
  const value = { kind: 'number' as const, value: Number((before * width).toPrecision(6)) };
  if (field) field.value = value;
  else message.fields.push({ name: 'dropout_ratio', line: message.line, value });
}
