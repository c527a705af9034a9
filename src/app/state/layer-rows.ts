// What is known of each layer, as the cells of a table: the article's Table 2 with costs beside it.
import type { LayerDescription, NetworkDescription } from '../../nets/describe';
import type { NetSpec } from '../../nets/spec';
import { bytes, count } from './format';
import { times } from './layer-summary';

type PerAxis = number | readonly number[] | null;

export interface LayerRow {
  name: string;
  type: string;
  line: number;
  shape: string;
  parameters: string;
  multiplyAdds: string;
  activations: string;
  gradients: string;
  /** The layer's own, and from the image up to and with it: 1/4. */
  scale: string;
  totalScale: string;
  /** The layer's own, and from it to the end of the network. */
  offset: string;
  totalOffset: string;
  receptiveField: string;
}

const perAxis = (value: PerAxis, write: (one: number) => string) =>
  value === null
    ? ''
    : [value]
        .flat()
        .map((one) => write(one))
        .join(' × ');

/** A number with a true minus sign and no more than `digits` decimals. */
export function decimal(value: number, digits = 4): string {
  const rounded = Number(value.toFixed(digits));
  return (Object.is(rounded, -0) ? '0' : String(rounded)).replace('-', '−');
}

/** A scale as people write it: 1/32, 1, 8, 2/3. */
export function fraction(scale: number): string {
  for (let below = 1; below <= 64; below++) {
    const above = scale * below;
    if (above >= 0.999 && Math.abs(above - Math.round(above)) < 1e-6 * Math.max(1, above)) {
      return below === 1 ? String(Math.round(above)) : `${Math.round(above)}/${below}`;
    }
  }
  return scale < 1 ? `1/${decimal(1 / scale, 2)}` : decimal(scale, 2);
}

/** Numbers with blanks behind them, so that right-aligned they stand with their decimal points one below the other. */
export function alignDecimals(numbers: readonly string[]): string[] {
  const decimals = (number: string) =>
    number.includes('.') ? number.length - number.lastIndexOf('.') - 1 : 0;
  const most = Math.max(0, ...numbers.map(decimals));
  return numbers.map((number) => {
    const own = decimals(number);
    // A figure space is as wide as a digit, a punctuation space as a point.
    return number === '' ? '' : number + (most && !own ? '\u2008' : '') + '\u2007'.repeat(most - own);
  });
}

/** A large number with three digits and the unit's prefix: 691 M, 14.7 G. */
export function large(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit && scaled < 99.95 ? scaled.toFixed(scaled < 9.995 ? 2 : 1) : Math.round(scaled)}${units[unit]}`;
}

const unlessZero = (value: number, write: (value: number) => string) => (value ? write(value) : '');

export function layerRow(layer: LayerDescription): LayerRow {
  const { name, type, line, shape } = layer;
  return {
    name,
    type,
    line,
    // One picture at a time, so the first axis says nothing.
    shape: times(shape.length > 1 ? shape.slice(1) : shape) || '1',
    parameters: unlessZero(layer.parameters, count),
    multiplyAdds: unlessZero(layer.multiplyAdds, large),
    activations: unlessZero(layer.bytes, bytes),
    gradients: unlessZero(layer.gradientBytes, bytes),
    scale: perAxis(layer.layerScale, fraction),
    totalScale: perAxis(layer.scale, fraction),
    offset: perAxis(layer.layerOffset, decimal),
    totalOffset: perAxis(layer.offset, decimal),
    receptiveField: perAxis(layer.receptiveField, count),
  };
}

/** The row of a layer of a network that cannot be calculated: what is written is known, and nothing else. */
export function unknownRow({ name, type, line }: { name: string; type: string; line: number }): LayerRow {
  const dash = '–';
  return {
    name,
    type,
    line,
    shape: dash,
    parameters: dash,
    multiplyAdds: dash,
    activations: dash,
    gradients: dash,
    scale: dash,
    totalScale: dash,
    offset: dash,
    totalOffset: dash,
    receptiveField: dash,
  };
}

/** The shape that each layer makes, by its name, and that of each image, for the graph. */
export function shapeTexts(
  spec: NetSpec,
  { layers, input: [, , height = 0, width = 0] }: NetworkDescription,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { name, role, shape } of spec.inputs) {
    texts.set(name, role === 'label' ? times([height, width]) : times([shape?.[1] ?? 3, height, width]));
  }
  for (const { name, shape } of layers) if (shape.length > 1) texts.set(name, times(shape.slice(1)));
  return texts;
}
