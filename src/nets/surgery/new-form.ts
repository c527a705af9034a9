// A network in the old form, `layers { type: CONVOLUTION }`, in today's: the old one has no Crop, and a file may not mix them.
import { applyEdits, type TextEdit } from '../../formats/prototxt';
import { fieldsOf, removeField, rename, setString } from '../edit-prototxt';
import { netText, type LayerText, type NetText } from './layer-text';

/** The text with every layer in today's form; the same text where they are already. @throws AppError 'bad-network' */
export function newForm(prototxt: string): string {
  const net = netText(prototxt);
  return applyEdits(
    prototxt,
    net.layers.filter(({ old }) => old).flatMap((layer) => layerEdits(net, layer)),
  );
}

function layerEdits({ text }: NetText, layer: LayerText): TextEdit[] {
  const { message, field, type } = layer;
  // Words that are repeated: each becomes a `param { ... }` of today.
  const rates = fieldsOf(message, 'blobs_lr');
  const decays = fieldsOf(message, 'weight_decay');
  const names = fieldsOf(message, 'param');
  const written = (list: typeof rates, i: number) => {
    const value = list[i]?.value;
    return value && text.slice(value.start, value.end);
  };
  const count = Math.max(rates.length, decays.length, names.length);
  const params = Array.from({ length: count }, (_, i) => {
    const parts = [
      ['name', written(names, i)],
      ['lr_mult', written(rates, i)],
      ['decay_mult', written(decays, i)],
    ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
    return `param { ${parts.join(' ')} }`;
  });
  const [first, ...rest] = [...rates, ...decays, ...names].sort((a, b) => a.start - b.start);
  const gone = [...rest, ...fieldsOf(message, 'blob_share_mode')].filter(
    // The elements of a list share a span.
    (span, i, all) => span.start !== first?.start && all.findIndex(({ start }) => start === span.start) === i,
  );
  return [
    rename(field, 'layer'),
    setString(fieldsOf(message, 'type').at(-1)!, type),
    ...(first
      ? [{ start: first.start, end: first.end, insert: params.join(separator(text, first.start)) }]
      : []),
    ...gone.map((span) => removeField(text, span)),
  ];
}

/** Lines of their own where the first has one. */
function separator(text: string, at: number): string {
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*$/.test(indent) ? `\n${indent}` : ' ';
}
