// What a network subtracts from its pixels, written into its text: so it goes wherever the network goes.
import { AppError } from '../core/errors';
import { channelMeans, readMeanFile } from '../formats/binaryproto';
import {
  applyEdits,
  parsePrototxt,
  type PrototxtField,
  type PrototxtMessage,
  type TextEdit,
} from '../formats/prototxt';
import { blobGraph } from './blob-graph';
import { appendField, lastField, layerMessages, layerName, setField, subMessage } from './edit-prototxt';
import { readNetwork } from './read-network';
import { dataLayerTypes, oldLayerTypes } from './schema';

/** What is subtracted: what the text says, nothing, or a dataset's mean colour. */
export const meanChoices = ['network', 'none', 'pixel'] as const;
export type MeanChoice = (typeof meanChoices)[number];

function isDataLayer(layer: PrototxtMessage): boolean {
  const type = lastField(layer, 'type')?.value;
  if (type?.kind === 'string') return dataLayerTypes.includes(type.text) || type.text === 'Python';
  return type?.kind === 'word' && dataLayerTypes.includes(oldLayerTypes[type.text] ?? '');
}

const places = (means: readonly number[]) =>
  means.map((mean) => `mean_value: ${Math.round(mean * 1e4) / 1e4}`);

/**
 * The edits that make every data layer of images subtract `means`, one a channel, blue first: mean_value in its transform_param, in the
 * place of a mean_file or of other values.
 * @throws AppError 'bad-network' where the network has no data layer, or cannot be read
 */
export function meanEdits(prototxt: string, means: readonly number[]): TextEdit[] {
  const layers = imageLayers(prototxt);
  if (!layers.length) {
    throw new AppError(
      'bad-network',
      'The network has no data layer that could subtract a mean. Add one, such as layer { name: "data" type: "Input" top: "data" }.',
    );
  }
  const values = places(means);
  return layers.flatMap((layer) => {
    const transform = subMessage(layer, 'transform_param');
    if (!transform) return [appendField(prototxt, layer, `transform_param { ${values.join(' ')} }`)];
    const [first, ...others] = meanFields(transform);
    if (!first) return [appendField(prototxt, transform, values.join(' '))];
    return [
      { start: first.start, end: first.end, insert: values.join(' ') },
      ...others.map(({ start, end }) => ({ start, end, insert: '' })),
    ];
  });
}

const imageLayers = (prototxt: string): PrototxtMessage[] =>
  layerMessages(parsePrototxt(prototxt)).flatMap(({ layer }) =>
    isDataLayer(layer) && firstTop(layer) !== 'label' ? [layer] : [],
  );

/** The fields that say what is subtracted; the values of a list share one. */
function meanFields(transform: PrototxtMessage): PrototxtField[] {
  const fields = transform.fields.filter(({ name }) => name === 'mean_file' || name === 'mean_value');
  return fields.filter((field, i) => field.start !== fields[i - 1]?.start);
}

/**
 * The text as it is chosen to subtract. Other than by the network's own, a shift below 0 of a Power layer that reads the image is 0 then,
 * because that is a mean, too: the built-in networks have theirs there.
 * @param means of blue, green and red; needed for 'pixel'
 * @throws AppError 'bad-network' where the network has no data layer to subtract them, 'bad-settings' where they are not known
 */
export function withMean(prototxt: string, choice: MeanChoice, means: readonly number[] | null): string {
  if (choice === 'network') return prototxt;
  if (choice === 'none') {
    const old = imageLayers(prototxt).flatMap((layer) => {
      const transform = subMessage(layer, 'transform_param');
      return transform ? meanFields(transform).map(({ start, end }) => ({ start, end, insert: '' })) : [];
    });
    return applyEdits(prototxt, [...old, ...shiftEdits(prototxt)]);
  }
  if (!means) {
    throw new AppError(
      'bad-settings',
      'The mean colour of this dataset is not known: it was imported before means were kept. Import it again, or choose another mean.',
    );
  }
  return applyEdits(prototxt, [...meanEdits(prototxt, means), ...shiftEdits(prototxt)]);
}

function shiftEdits(prototxt: string): TextEdit[] {
  const spec = readNetwork(prototxt);
  const graph = blobGraph(spec);
  const shifting = spec.layers.flatMap((layer, i) => {
    const readsImage = spec.inputs[graph.layers[i]!.bottoms[0]!]?.role === 'image';
    return layer.type === 'Power' && layer.power === 1 && layer.shift < 0 && readsImage ? [layer.name] : [];
  });
  return layerMessages(parsePrototxt(prototxt)).flatMap(({ layer }) => {
    const power = shifting.includes(layerName(layer)) && subMessage(layer, 'power_param');
    return power ? [setField(prototxt, power, 'shift', '0')] : [];
  });
}

/**
 * The text with the means of a mean file (Caffe's mean.binaryproto), one a channel, in its data layers.
 * @throws AppError 'bad-weights' where the file is none, 'bad-network' where the network has no data layer
 */
export function withMeanFile(
  prototxt: string,
  bytes: Uint8Array,
  file: string,
): { prototxt: string; means: number[] } {
  const means = channelMeans(readMeanFile(bytes, file));
  return { prototxt: applyEdits(prototxt, meanEdits(prototxt, means)), means };
}

function firstTop(layer: PrototxtMessage): string {
  const top = layer.fields.find(({ name }) => name === 'top')?.value;
  return top?.kind === 'string' ? top.text : layerName(layer);
}
