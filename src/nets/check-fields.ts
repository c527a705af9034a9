// Fields that caffe.proto does not know: Caffe would refuse the file, here they are ignored, and either way hardly meant.
import type { PrototxtMessage } from '../formats/prototxt';
import type { NetworkProblem } from './problem';
import { layerTypes, messages, oldLayerTypes } from './schema';

/** The fewest single-letter changes between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The word that was probably meant, or undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Longer words would only cost time, and none of caffe.proto's is.
  if (word.length > 40) return undefined;
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Whether a layer's type is one whose fields are known here; of another type the type is the problem. */
function isKnownLayer(layer: PrototxtMessage): boolean {
  const type = layer.fields.findLast(({ name }) => name === 'type')?.value;
  if (type?.kind === 'string') return Object.hasOwn(layerTypes, type.text);
  return type?.kind === 'word' && Object.hasOwn(layerTypes, oldLayerTypes[type.text] ?? '');
}

/** A warning for every field that its message does not have. */
export function unknownFields(message: PrototxtMessage, what = 'NetParameter'): NetworkProblem[] {
  const known = messages[what] ?? [];
  return message.fields.flatMap(({ name, line, start, value }): NetworkProblem[] => {
    const field = known.find((candidate) => candidate.name === name);
    if (field?.message && value.kind === 'message') {
      const isLayer = field.message === 'LayerParameter' || field.message === 'V1LayerParameter';
      return isLayer && !isKnownLayer(value) ? [] : unknownFields(value, field.message);
    }
    if (field) return [];
    const end = start + name.length;
    const meant = nearest(
      name,
      known.map((candidate) => candidate.name),
    );
    return [
      {
        severity: 'warning',
        message: `Caffe knows no field "${name}" here, so it does nothing.${meant ? ` Did you mean "${meant}"?` : ''}`,
        line,
        start,
        end,
        ...(meant ? { fix: { label: `Write ${meant}`, edits: [{ start, end, insert: meant }] } } : {}),
      },
    ];
  });
}
