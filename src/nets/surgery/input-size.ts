// Inputs are declared with a size; surgery may need them to have another.
import type { PrototxtMessage, TextEdit } from '../../formats/prototxt';
import { fieldsOf, setValue, subMessage } from '../edit-prototxt';
import { textOf, type NetText } from './layer-text';
import type { SurgeryRecord } from './record';

/** "shape { dim: 1 dim: 3 dim: 375 dim: 500 }" */
export const shapeText = (dims: readonly number[]) =>
  `shape { ${dims.map((dim) => `dim: ${dim}`).join(' ')} }`;

function dimsOf(shape: PrototxtMessage): number[] {
  return fieldsOf(shape, 'dim').flatMap(({ value }) => (value.kind === 'number' ? [value.value] : []));
}

/**
 * Gives declared inputs other shapes, in every form in which a file may declare them; what has no declared shape, as a Data layer, stays.
 * @param change the new shape of an input, or null to leave it.
 */
export function reshapeInputs(
  net: NetText,
  record: SurgeryRecord,
  change: (name: string, dims: readonly number[]) => readonly number[] | null,
  why: string,
): void {
  const wanted = (name: string | null, dims: readonly number[]) => {
    const next = name === null || dims.length === 0 ? null : change(name, dims);
    return next && next.join() !== dims.join() ? next : null;
  };
  for (const layer of net.layers.filter(({ type }) => type === 'Input')) {
    const shapes = fieldsOf(subMessage(layer.message, 'input_param') ?? layer.message, 'shape');
    const edits = fieldsOf(layer.message, 'top').flatMap((top, i): TextEdit[] => {
      // One shape may serve all tops; it is then changed for the first.
      const field = shapes[i];
      if (field?.value.kind !== 'message') return [];
      const next = wanted(textOf(top.value), dimsOf(field.value));
      return next ? [{ start: field.start, end: field.end, insert: shapeText(next) }] : [];
    });
    if (edits.length) record.change(layer, edits, why);
  }
  const shapes = fieldsOf(net.message, 'input_shape');
  const dims = fieldsOf(net.message, 'input_dim');
  fieldsOf(net.message, 'input').forEach((input, i) => {
    const name = textOf(input.value);
    const shape = shapes[i];
    if (shape?.value.kind === 'message') {
      const next = wanted(name, dimsOf(shape.value));
      if (next) record.edit({ start: shape.start, end: shape.end, insert: `input_${shapeText(next)}` });
    }
    const four = dims.slice(4 * i, 4 * i + 4);
    const next = wanted(
      name,
      four.flatMap(({ value }) => (value.kind === 'number' ? [value.value] : [])),
    );
    if (next?.length === 4) four.forEach((field, at) => record.edit(setValue(field, String(next[at]))));
  });
}
