// A mean file's means, written into the network that subtracts them.
import { AppError } from '../core/errors';
import { channelMeans, readMeanFile } from '../formats/binaryproto';
import { applyEdits, parsePrototxt, type PrototxtMessage, type TextEdit } from '../formats/prototxt';
import { appendField, lastField, layerMessages, layerName, subMessage } from './edit-prototxt';
import { dataLayerTypes, oldLayerTypes } from './schema';

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
  const layers = layerMessages(parsePrototxt(prototxt)).filter(
    ({ layer }) => isDataLayer(layer) && firstTop(layer) !== 'label',
  );
  if (!layers.length) {
    throw new AppError(
      'bad-network',
      'The network has no data layer that could subtract a mean. Add one, such as layer { name: "data" type: "Input" top: "data" }, then drop the file again.',
    );
  }
  const values = places(means);
  return layers.flatMap(({ layer }) => {
    const transform = subMessage(layer, 'transform_param');
    if (!transform) return [appendField(prototxt, layer, `transform_param { ${values.join(' ')} }`)];
    const old = transform.fields.filter(({ name }) => name === 'mean_file' || name === 'mean_value');
    const [first, ...others] = old.filter((field, i) => field.start !== old[i - 1]?.start);
    if (!first) return [appendField(prototxt, transform, values.join(' '))];
    return [
      { start: first.start, end: first.end, insert: values.join(' ') },
      ...others.map(({ start, end }) => ({ start, end, insert: '' })),
    ];
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
