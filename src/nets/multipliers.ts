// What a network's text multiplies the solver's rates with, blob by blob, and other multipliers in their place: the way to freeze a layer.
import { AppError } from '../core/errors';
import { applyEdits, parsePrototxt, type PrototxtMessage, type TextEdit } from '../formats/prototxt';
import { appendField, fieldsOf, layerMessages, layerName, setField, setValue } from './edit-prototxt';
import { anySize, blobOwners, placeLayers } from './place-layers';
import { readNetwork } from './read-network';
import type { NetSpec } from './spec';

/** Of the learning rate and of the weight decay (Caffe: lr_mult, decay_mult). A learning-rate multiplier of 0 freezes the blob. */
export interface Multipliers {
  lrMult: number;
  decayMult: number;
}

/** By layer, its blobs' multipliers in their order: weights, then the bias. Layers that are not named keep what the text says. */
export type LayerMultipliers = Readonly<Record<string, readonly Multipliers[]>>;

export interface LearnedLayer {
  name: string;
  type: string;
  blobs: (Multipliers & { shape: readonly number[] })[];
}

/** The layers with blobs of their own that a solver can move, with their multipliers; a shared blob is told with its first layer. */
export function learnedLayers(spec: NetSpec): LearnedLayer[] {
  const placed = placeLayers(spec, anySize(spec));
  const owners = blobOwners(spec, placed);
  return placed.flatMap(({ layer, parameters }) => {
    // A batch's statistics are no weights: the solver never moves them.
    if (layer.type === 'BatchNorm' || !parameters.length) return [];
    const isOwn = (i: number) => owners.get(`${layer.name}/${i}`) === `${layer.name}/${i}`;
    if (!parameters.some((_, i) => isOwn(i))) return [];
    const blobs = parameters.map((shape, i) => {
      const { lrMult, decayMult } = layer.params[i] ?? { lrMult: 1, decayMult: 1 };
      return { lrMult, decayMult, shape };
    });
    return [{ name: layer.name, type: layer.type, blobs }];
  });
}

export const isFrozen = (blobs: readonly Multipliers[]) => blobs.every(({ lrMult }) => lrMult === 0);

/**
 * The text with other multipliers for some layers; comments and layout stay.
 * @throws AppError 'bad-settings' where there is no such layer, or a multiplier is negative or no number
 */
export function withMultipliers(prototxt: string, changes: LayerMultipliers): string {
  const names = Object.keys(changes);
  if (!names.length) return prototxt;
  const learned = new Map(
    learnedLayers(readNetwork(prototxt)).map(({ name, blobs }) => [name, blobs.length]),
  );
  for (const name of names) {
    if (!learned.has(name)) {
      throw new AppError(
        'bad-settings',
        `The network has no layer "${name}" that learns. Those that do are ${[...learned.keys()].join(', ')}.`,
      );
    }
    const wrong = changes[name]!.flatMap(({ lrMult, decayMult }) => [lrMult, decayMult]).find(
      (value) => !(value >= 0 && value <= 1000),
    );
    if (wrong !== undefined) {
      throw new AppError(
        'bad-settings',
        `A multiplier of layer "${name}" is ${wrong}; multipliers are numbers from 0 (frozen) to 1000.`,
      );
    }
  }
  const edits = layerMessages(parsePrototxt(prototxt)).flatMap(({ field, layer }) => {
    const name = layerName(layer);
    // Caffe refuses a multiplier for a blob that is not there, such as the bias of a layer without one.
    const wanted = changes[name]?.slice(0, learned.get(name));
    return wanted ? layerEdits(prototxt, layer, wanted, field.name === 'layers') : [];
  });
  return applyEdits(prototxt, edits);
}

function layerEdits(
  text: string,
  layer: PrototxtMessage,
  wanted: readonly Multipliers[],
  old: boolean,
): TextEdit[] {
  if (old) {
    return [
      ...numberEdits(
        text,
        layer,
        'blobs_lr',
        wanted.map(({ lrMult }) => lrMult),
      ),
      ...numberEdits(
        text,
        layer,
        'weight_decay',
        wanted.map(({ decayMult }) => decayMult),
      ),
    ];
  }
  const params = fieldsOf(layer, 'param').flatMap(({ value }) => (value.kind === 'message' ? [value] : []));
  const kept = params.slice(0, wanted.length).flatMap((param, i) => {
    const { lrMult, decayMult } = wanted[i]!;
    return [
      setField(text, param, 'lr_mult', String(lrMult)),
      setField(text, param, 'decay_mult', String(decayMult)),
    ];
  });
  const more = wanted
    .slice(params.length)
    .map(({ lrMult, decayMult }) => `param { lr_mult: ${lrMult} decay_mult: ${decayMult} }`);
  return more.length ? [...kept, appendField(text, layer, more.join('\n'))] : kept;
}

/** A repeated number of the old form: the first of them anew, those that are missing added. */
function numberEdits(
  text: string,
  layer: PrototxtMessage,
  name: string,
  values: readonly number[],
): TextEdit[] {
  const fields = fieldsOf(layer, name);
  const kept = fields.slice(0, values.length).map((field, i) => setValue(field, String(values[i])));
  const more = values.slice(fields.length).map((value) => `${name}: ${value}`);
  return more.length ? [...kept, appendField(text, layer, more.join(' '))] : kept;
}
