// A classifier's fully connected layers as convolutions, with the sentences and numbers that explain each.
import type { Size } from '../../data/types';
import { dataShape, placeLayers } from '../../nets/place-layers';
import { product } from '../../nets/shapes';
import type { NetSpec } from '../../nets/spec';
import { convolutionalize, type TurnedLayer } from '../../nets/surgery/convolutionalize';
import { classifierOf } from '../../nets/surgery/classifier';
import type { LayerChange } from '../../nets/surgery/record';
import { samplingOf } from '../../nets/surgery/sampling';
import { readViews } from '../../nets/surgery/views';
import { count, plural } from './format';
import { times } from './layer-summary';

export interface TurnedView extends TurnedLayer {
  /** Why the kernel is as large as it is. */
  sentence: string;
  /** How the parameters are counted: the same on both sides. */
  arithmetic: string;
  parameters: { before: number; after: number };
}

export interface Turned {
  prototxt: string;
  layers: TurnedView[];
  others: LayerChange[];
  /** What the classifier takes: the window that will slide. */
  window: Size;
  /** Whether the file says so itself. */
  declared: boolean;
  channels: number;
  /** Pixels from one position of the window to the next. */
  stride: number;
}

/** Whether any view of the network has a fully connected layer. @throws AppError where it cannot be read */
export const hasInnerProduct = (prototxt: string): boolean =>
  readViews(prototxt).some(({ spec }) => spec.layers.some(({ type }) => type === 'InnerProduct'));

const declaredShape = (spec: NetSpec) =>
  spec.inputs.find(({ role, shape }) => role === 'image' && shape?.length === 4)?.shape;

/** Every layer of every view by name and line, with the shapes around it at the window's size. */
function placedLayers(prototxt: string, size: Size | null) {
  const views = readViews(prototxt).map(({ spec }) => placeLayers(spec, dataShape(spec, size)));
  return new Map(views.flat().map((placed) => [`${placed.layer.line} ${placed.layer.name}`, placed]));
}

/**
 * Turns the network and explains what was turned.
 * @param size of the image that the classifier takes; null for what the file declares.
 * @throws AppError 'bad-network' naming layer and line of what cannot be turned
 */
export function turnNetwork(prototxt: string, size: Size | null): Turned {
  const { prototxt: text, changes, others } = convolutionalize(prototxt, size);
  const before = placedLayers(prototxt, size);
  const after = placedLayers(text, size);
  const layers = changes.map((change): TurnedView => {
    const placed = after.get(`${change.lineAfter} ${change.layer}`)!;
    const [, ...seen] = placed.bottoms[0]!;
    const counted = (shapes: readonly number[][]) => shapes.reduce((sum, shape) => sum + product(shape), 0);
    const parameters = {
      before: counted(before.get(`${change.lineBefore} ${change.layer}`)!.parameters),
      after: counted(placed.parameters),
    };
    const [filters = 0] = placed.parameters[0]!;
    const perFilter = parameters.after / filters;
    const bias = perFilter > product(seen);
    // A kernel is not torn apart at the end of a line.
    const kernel = times(change.kernel).replaceAll(' ', '\u00a0');
    const covers =
      product(change.kernel) === 1
        ? `one place with ${plural(seen[0]!, 'value')}. A ${kernel} kernel covers it.`
        : `${times(seen)}. A ${kernel} kernel covers it.`;
    return {
      ...change,
      parameters,
      sentence: `${change.layer} sees ${placed.layer.bottoms[0]!}, ${covers}`,
      arithmetic:
        `${times(seen)}${bias ? ' + 1 bias' : ''} = ${plural(perFilter, 'parameter')} for each of ` +
        `${plural(filters, 'output')}: ${count(parameters.after)} in all`,
    };
  });
  const { spec } = readViews(text)[0]!;
  const shape = dataShape(spec, size);
  const [, channels, height, width] = shape;
  const declared = size === null && declaredShape(spec) !== undefined;
  const image = spec.inputs.find(({ role }) => role === 'image')!.name;
  const { stride } = samplingOf(spec, classifierOf(spec).layer.tops[0]!, image);
  return { prototxt: text, layers, others, window: { width, height }, declared, channels, stride };
}

/** An image about twice the window, on which the windows end with its edge. */
export function proofSize({ window, stride }: Pick<Turned, 'window' | 'stride'>): Size {
  const twice = (length: number) => length + stride * Math.floor(length / stride);
  return { width: twice(window.width), height: twice(window.height) };
}

/** How many scores the convolutional form gives for an image: one for each position of the window. @throws AppError 'bad-network' */
export function scoreGrid(prototxt: string, image: Size): Size {
  const { spec } = readViews(prototxt)[0]!;
  const { layer } = classifierOf(spec);
  const placed = placeLayers(
    { ...spec, layers: spec.layers.filter(({ type }) => type !== 'SoftmaxWithLoss' && type !== 'Accuracy') },
    dataShape(spec, image),
  );
  const [, , height = 1, width = 1] = placed.find((one) => one.layer === layer)?.tops[0] ?? [];
  return { width, height };
}
