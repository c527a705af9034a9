// The layers of a prototxt as pieces of its text, to be changed in place.
import { parsePrototxt, type PrototxtField, type PrototxtMessage } from '../../formats/prototxt';
import { Fields } from '../fields';
import { isIncluded, type NetView } from '../net-state';
import { layerEntry, type LayerEntry } from '../read-layer';
import type { LayerSpec } from '../spec';

export interface LayerText {
  name: string;
  /** Today's name of the type, also where the text has the old one. */
  type: string;
  /** Written as `layers { ... }`. */
  old: boolean;
  /** From the word "layer" to the closing brace. */
  field: PrototxtField;
  message: PrototxtMessage;
  entry: LayerEntry;
}

/** A parsed network: its own fields, and its layers in order, those of all views. */
export interface NetText {
  text: string;
  message: PrototxtMessage;
  layers: LayerText[];
}

/** @throws AppError 'bad-network' where the text cannot be read, or a layer has no name or type. */
export function netText(text: string): NetText {
  const message = parsePrototxt(text);
  const layers = message.fields.flatMap((field): LayerText[] => {
    const old = field.name === 'layers';
    if ((!old && field.name !== 'layer') || field.value.kind !== 'message') return [];
    const fields = new Fields(field.value, field);
    if (field.value.end !== field.end)
      fields.fail('layers in a list cannot be changed one by one; write each as "layer { ... }".');
    const entry = layerEntry(fields, old);
    return [{ name: entry.name, type: entry.type, old, field, message: field.value, entry }];
  });
  return { text, message, layers };
}

/** Names may be given twice, in two views; a line may hold two layers. */
export const keyOf = ({ name, line }: Pick<LayerSpec, 'name' | 'line'>) => `${line} ${name}`;

export const keyOfText = ({ name, field }: LayerText) => keyOf({ name, line: field.line });

export const inView = ({ entry }: LayerText, view: NetView) => isIncluded(entry.fields, view);

export const textOf = (value: PrototxtField['value']): string | null =>
  value.kind === 'string' ? value.text : null;

/** The include and exclude rules of a layer as they are written, one a line, at two spaces. */
export function rulesOf(net: NetText, layer: LayerText): string {
  return layer.message.fields
    .filter(({ name }) => name === 'include' || name === 'exclude')
    .map(({ start, end }) => `  ${net.text.slice(start, end)}\n`)
    .join('');
}
