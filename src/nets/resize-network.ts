// A network for another width or another number of classes: the same text with other num_output.
import { AppError } from '../core/errors';
import { applyEdits, parsePrototxt, type PrototxtMessage, type TextEdit } from '../formats/prototxt';
import { countChannels, isSized, outputSizes, traceChannels, type SizedLayer } from './channels';
import { appendField, lastField, layerMessages, layerName, setField, subMessage } from './edit-prototxt';
import type { NetView } from './net-state';
import { readNetwork, surveyNetwork } from './read-network';
import { classCount, findScores, scoreLayers } from './score-layers';
import { anySize, placeLayers } from './place-layers';
import { failLayer } from './shapes';
import type { NetSpec } from './spec';
import type { WeightSet } from './weights';
import { scaledSizes, type LayerSize } from './widths';

export { classCount, scoreLayers };

const views = ['train', 'val', 'deploy'] as const satisfies readonly NetView[];

/** The views that can be read. @throws AppError 'bad-network' where none can. */
function readableViews(prototxt: string): NetSpec[] {
  const specs = views.flatMap((view) => surveyNetwork(prototxt, view).spec ?? []);
  return specs.length ? specs : [readNetwork(prototxt)];
}

/**
 * The prototxt with `classes` scores and every other learned layer's num_output scaled by `width`; comments and layout are kept, and all
 * phases are changed alike. Scaled widths are never 0, are multiples of the groups that read or make them, and are equal where they are
 * summed. Below width 1, dropout is left out (its ratio becomes 0): a narrow network fits too little, not too much, and with dropout it
 * learns markedly less in the same number of epochs.
 * @throws AppError 'bad-settings', or 'bad-network' with the line of the layer that cannot be resized.
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
  const specs = readableViews(prototxt);
  if (width === 1 && classes === null) return prototxt;
  const scores = scoresOf(specs, classes !== null);
  const sizes = scaledSizes(specs.map(traceChannels), scores, { width, classes });
  specs.forEach((spec) => checkSizes(spec, sizes));
  const message = parsePrototxt(prototxt);
  const edits = sizeEdits(prototxt, message, sizes);
  if (width < 1) edits.push(...dropoutEdits(prototxt, message));
  return applyEdits(prototxt, edits);
}

/** The score layers of all views; those of views that only guess do not count where another knows. */
function scoresOf(specs: readonly NetSpec[], counted: boolean): Set<string> {
  const found = specs.map((spec) => ({ spec, ...findScores(spec) }));
  const known = found.filter(({ guessed }) => !guessed);
  const scores = new Set<string>();
  for (const { spec, layers, joint } of known.length ? known : found.slice(0, 1)) {
    if (joint)
      failLayer(joint, 'it puts scores together from parts, so it is not known which layer scores a class.');
    if (counted) classCount(spec);
    layers.forEach((name) => scores.add(name));
  }
  return scores;
}

/** Refuses sizes that do not fit together any more. A network that did not fit before is not this module's to judge. */
function checkSizes(spec: NetSpec, sizes: ReadonlyMap<string, LayerSize>): void {
  if (!fits(spec)) return;
  const layers = spec.layers.map((layer) => {
    const size = sizes.get(layer.name);
    if (!isSized(layer) || !size) return layer;
    if (size.numOutput % size.group)
      failLayer(layer, `its ${size.numOutput} outputs cannot be divided among ${size.group} groups.`);
    return { ...layer, ...size };
  });
  const resized = { ...spec, layers };
  placeLayers(resized, anySize(resized));
}

function fits(spec: NetSpec): boolean {
  try {
    placeLayers(spec, anySize(spec));
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/**
 * The prototxt with every num_output and group that `weights` have for a layer of that name: a built-in network for weights of any width
 * and number of classes, grouped or not. Layers that the weights lack stay as they are.
 */
export function fitToWeights(prototxt: string, weights: WeightSet): string {
  const sizes = new Map<string, LayerSize>();
  for (const spec of readableViews(prototxt)) {
    const before = outputSizes(spec);
    const owners = new Map<string, string>();
    for (const { layer, bottoms } of traceChannels(spec)) {
      const shared = layer.params[0]?.name;
      if (shared && !owners.has(shared)) owners.set(shared, layer.name);
      const shape = weights.get(`${shared ? owners.get(shared)! : layer.name}/0`)?.shape;
      if (!isSized(layer) || !shape) continue;
      const size = fittedSize(layer, countChannels(bottoms[0]!, before), shape);
      if (size) sizes.set(layer.name, size);
    }
  }
  return applyEdits(prototxt, sizeEdits(prototxt, parsePrototxt(prototxt), sizes));
}

/** What a weight blob of that shape says of its layer; null where it is no such layer's. */
function fittedSize(layer: SizedLayer, channels: number, shape: readonly number[]): LayerSize | null {
  const [outer, inner] = shape;
  if (layer.type === 'InnerProduct') {
    // Old files have matrices as 1 x 1 x outputs x inputs.
    const matrix = shape.length === 4 && outer === 1 && inner === 1 ? shape.slice(2) : shape;
    return matrix.length < 2 ? null : { numOutput: matrix[layer.transpose ? 1 : 0]!, group: 1 };
  }
  if (shape.length !== 4) return null;
  if (layer.type === 'Convolution') {
    const grouped = layer.group > 1 && layer.group === layer.numOutput;
    return { numOutput: outer!, group: grouped ? outer! : layer.group };
  }
  // Scores are enlarged class by class or all from all; the weights tell which.
  if (layer.numOutput === channels && outer! % inner! === 0) {
    return { numOutput: outer!, group: outer! / inner! };
  }
  return { numOutput: inner! * layer.group, group: layer.group };
}

function setNumber(text: string, message: PrototxtMessage, name: string, value: number): TextEdit[] {
  const old = lastField(message, name)?.value;
  return old?.kind === 'number' && old.value === value ? [] : [setField(text, message, name, String(value))];
}

function sizeEdits(
  text: string,
  network: PrototxtMessage,
  sizes: ReadonlyMap<string, LayerSize>,
): TextEdit[] {
  return layerMessages(network).flatMap(({ layer }) => {
    const size = sizes.get(layerName(layer));
    if (!size) return [];
    const { numOutput, group } = size;
    const convolution = subMessage(layer, 'convolution_param');
    if (convolution) {
      const isGrouped = group !== 1 || lastField(convolution, 'group');
      return [
        ...setNumber(text, convolution, 'num_output', numOutput),
        ...(isGrouped ? setNumber(text, convolution, 'group', group) : []),
      ];
    }
    const product = subMessage(layer, 'inner_product_param');
    return product
      ? setNumber(text, product, 'num_output', numOutput)
      : [appendField(text, layer, `inner_product_param { num_output: ${numOutput} }`)];
  });
}

/** Makes every Dropout layer keep everything. */
function dropoutEdits(text: string, network: PrototxtMessage): TextEdit[] {
  return layerMessages(network).flatMap(({ layer }) => {
    const type = lastField(layer, 'type')?.value;
    if (!type || !('text' in type) || !['Dropout', 'DROPOUT'].includes(type.text)) return [];
    const own = subMessage(layer, 'dropout_param');
    return own
      ? setNumber(text, own, 'dropout_ratio', 0)
      : [appendField(text, layer, 'dropout_param { dropout_ratio: 0 }')];
  });
}
