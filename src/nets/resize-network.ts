// A network for another width or another number of classes: the same prototxt with other num_output.
import { AppError } from '../core/errors';
import { parsePrototxt, writePrototxt, type PrototxtField, type PrototxtMessage } from '../formats/prototxt';
import { readNetwork } from './read-network';
import type { ConvolutionSpec, LayerSpec, NetSpec } from './spec';
import type { WeightSet } from './weights';

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
 * Scaled widths are multiples of the groups that read or make them, and never 0. Below width 1, dropout is left out (its ratio becomes 0):
 * a narrow network fits too little, not too much, and with dropout it learns markedly less in the same number of epochs.
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
  setOutputs(message, resized);
  for (const { name, value: layer } of message.fields) {
    if (width >= 1 || name !== 'layer' || layer.kind !== 'message') continue;
    const type = layer.fields.find((entry) => entry.name === 'type')?.value;
    if (type?.kind === 'string' && type.text === 'Dropout') noDropout(layer);
  }
  return writePrototxt(message);
}

/**
 * The prototxt with every num_output that `weights` have for a layer of that name: a built-in network for weights of any width and number of
 * classes. Layers that the weights lack stay as they are.
 */
export function fitToWeights(prototxt: string, weights: WeightSet): string {
  const sizes = new Map<string, { numOutput: number; group: number }>();
  for (const layer of readNetwork(prototxt).layers.filter(isConvolution)) {
    const shape = weights.get(`${layer.name}/0`)?.shape;
    if (shape?.length !== 4) continue;
    const grouped = layer.group > 1 && layer.group === layer.numOutput;
    const numOutput = layer.type === 'Convolution' || grouped ? shape[0]! : shape[1]! * layer.group;
    sizes.set(layer.name, { numOutput, group: grouped ? numOutput : layer.group });
  }
  const message = parsePrototxt(prototxt);
  setOutputs(message, sizes);
  return writePrototxt(message);
}

function setOutputs(
  network: PrototxtMessage,
  sizes: ReadonlyMap<string, { numOutput: number; group: number }>,
): void {
  for (const { name, value: layer } of network.fields) {
    if (name !== 'layer' || layer.kind !== 'message') continue;
    const layerName = layer.fields.find((entry) => entry.name === 'name')?.value;
    const size = layerName?.kind === 'string' ? sizes.get(layerName.text) : undefined;
    const parameters = layer.fields.find((entry) => entry.name === 'convolution_param')?.value;
    if (!size || parameters?.kind !== 'message') continue;
    setNumber(parameters, 'num_output', size.numOutput);
    setNumber(parameters, 'group', size.group);
  }
}

/** Changes a field that is there; one that is absent keeps its default. */
function setNumber(message: PrototxtMessage, name: string, value: number): void {
  const field: PrototxtField | undefined = message.fields.find((entry) => entry.name === name);
  if (field) field.value = { kind: 'number', value };
}

/** Makes a Dropout layer keep everything. */
function noDropout(layer: PrototxtMessage): void {
  layer.fields = layer.fields.filter((entry) => entry.name !== 'dropout_param');
  const ratio = { name: 'dropout_ratio', line: layer.line, value: { kind: 'number' as const, value: 0 } };
  const parameters = { kind: 'message' as const, line: layer.line, fields: [ratio] };
  layer.fields.push({ name: 'dropout_param', line: layer.line, value: parameters });
}
