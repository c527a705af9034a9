// What may be written at a place: field names, enum words, layer types, fillers and blobs.
import { dataLayerTypes, layerTypes, messages, type FieldSchema } from '../../../../nets/schema';
import { placeAt, type Place } from './place';
import { isClosed, scan } from './scan';

export interface Suggestion {
  label: string;
  /** One word on what kind of thing it is, shown beside it. */
  detail: string;
  /** A sentence, shown when it is chosen; may be empty. */
  info: string;
  /** For a field's name: what belongs after it. */
  follows: 'message' | 'string' | 'choice' | 'number' | null;
}

export interface Suggestions {
  from: number;
  list: Suggestion[];
}

const kindNames: Record<FieldSchema['kind'], string> = {
  int: 'whole number',
  float: 'number',
  bool: 'true or false',
  string: 'text',
  enum: 'word',
  message: 'settings',
};

const fillerTypes: Record<string, string> = {
  constant: 'The same value everywhere.',
  uniform: 'Evenly spread from min to max.',
  gaussian: 'Normally spread about mean, with deviation std.',
  xavier: 'Spread by the number of inputs.',
  msra: 'Spread by the number of inputs, made for layers before a ReLU.',
  bilinear: 'The weights of bilinear upsampling, for a Deconvolution.',
};

/** The fields of the message that lies at a path, or null where the schema does not know it. */
function fieldsAt(path: readonly string[]): readonly FieldSchema[] | null {
  let fields = messages['NetParameter'];
  for (const name of path) {
    const message = fields?.find((field) => field.name === name)?.message;
    fields = message === undefined ? undefined : messages[message];
  }
  return fields ?? null;
}

const isLayer = ({ path }: Place) => path.length === 1 && (path[0] === 'layer' || path[0] === 'layers');

/** Whether the field belongs in a layer of the type; other layers' settings do not. */
function fitsLayer(name: string, type: string | undefined): boolean {
  if (!name.endsWith('_param') || type === undefined || !(type in layerTypes)) return true;
  return name === layerTypes[type] || (name === 'transform_param' && dataLayerTypes.includes(type));
}

function fieldSuggestion(field: FieldSchema): Suggestion {
  const { name, kind, repeated, words } = field;
  const info = [
    ...(words && words.length < 6 ? [`One of ${words.join(', ')}.`] : []),
    ...(field.default === undefined ? [] : [`Default: ${field.default}.`]),
    ...(repeated ? ['May be given several times.'] : []),
  ];
  const follows =
    kind === 'message' || kind === 'string' ? kind : kind === 'bool' || kind === 'enum' ? 'choice' : 'number';
  return { label: name, detail: kindNames[kind], info: info.join(' '), follows };
}

const plain = (label: string, detail: string, info = ''): Suggestion => ({
  label,
  detail,
  info,
  follows: null,
});

function names(place: Place, fields: readonly FieldSchema[]): Suggestion[] {
  const type = isLayer(place) ? place.present.get('type')?.[0] : undefined;
  const own = type === undefined ? null : layerTypes[type];
  return fields
    .filter(({ name, repeated }) => (repeated || !place.present.has(name)) && fitsLayer(name, type))
    .sort((a, b) => Number(b.name === own) - Number(a.name === own))
    .map(fieldSuggestion);
}

/** The blobs that are made before an offset, the nearest first. */
function blobsBefore(text: string, offset: number): string[] {
  const blobs: string[] = [];
  let field = '';
  for (const token of scan(text, 0, offset)) {
    const source = text.slice(token.from, token.to);
    if (token.kind === 'word') field = source;
    else if (token.kind === 'string' && (field === 'top' || field === 'input') && isClosed(text, token)) {
      blobs.unshift(source.slice(1, -1));
    }
  }
  return [...new Set(blobs)];
}

function strings(text: string, place: Place, field: FieldSchema): Suggestion[] {
  const message = place.path.at(-1) ?? '';
  if (isLayer(place) && field.name === 'type') {
    return Object.keys(layerTypes).map((type) =>
      plain(type, dataLayerTypes.includes(type) ? 'input' : 'layer'),
    );
  }
  if (isLayer(place) && field.name === 'bottom') {
    const layerStart = text.lastIndexOf('layer', place.from);
    return blobsBefore(text, Math.max(0, layerStart)).map((blob) => plain(blob, 'blob'));
  }
  if (isLayer(place) && field.name === 'top') {
    const { present } = place;
    const own = [...(present.get('name') ?? []), ...(present.get('bottom') ?? [])].filter(Boolean);
    return [...new Set(own)].map((blob) =>
      plain(blob, present.get('bottom')?.includes(blob) ? 'in place' : 'blob'),
    );
  }
  if (field.name === 'type' && message.endsWith('filler')) {
    return Object.entries(fillerTypes).map(([type, info]) => plain(type, 'filler', info));
  }
  return [];
}

/** What may be written at an offset, or null where nothing is known to fit. */
export function suggestionsAt(text: string, offset: number): Suggestions | null {
  const place = placeAt(text, offset);
  const fields = fieldsAt(place.path);
  if (!fields || place.kind === 'comment') return null;
  const field = fields.find(({ name }) => name === place.field);
  let list: Suggestion[] = [];
  if (place.kind === 'name') list = names(place, fields);
  else if (field && place.kind === 'string') list = strings(text, place, field);
  else if (field?.kind === 'bool') list = ['true', 'false'].map((word) => plain(word, ''));
  else if (field?.words)
    list = field.words.map((word) => plain(word, word === field.default ? 'default' : ''));
  return list.length ? { from: place.from, list } : null;
}
