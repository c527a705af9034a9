// What has to change so that a network without inner products computes the same: found on shapes alone, layer by layer.
import { AppError } from '../../core/errors';
import type { PlacedLayer } from '../place-layers';
import { canonicalAxis, parameterShapes, product, topShapes } from '../shapes';
import type { BlobShape, ConvolutionSpec, InnerProductSpec, LayerSpec, NetSpec } from '../spec';
import { keyOf } from './layer-text';

/** What to do, by keyOf(layer). */
export interface TurnPlan {
  /** Inner products that become convolutions, with their kernels. */
  kernels: Map<string, readonly [height: number, width: number]>;
  /** The outputs of each, which a file may leave out. */
  outputs: Map<string, number>;
  /** Poolings of the whole blob that become poolings of a window of this size. */
  poolings: Map<string, readonly [height: number, width: number]>;
  /** Flatten and Reshape layers that would undo it. */
  removed: Set<string>;
  /** Bottoms that are called otherwise, because the layer that made them is gone. */
  bottoms: Map<string, Map<string, string>>;
}

export const emptyPlan = (): TurnPlan => ({
  kernels: new Map(),
  outputs: new Map(),
  poolings: new Map(),
  removed: new Set(),
  bottoms: new Map(),
});

/** Layers that treat every value alike, whatever axes it has. */
const pointwise: readonly LayerSpec['type'][] = [
  'ReLU',
  'ELU',
  'Sigmoid',
  'TanH',
  'Dropout',
  'Power',
  'Split',
];

/** A blob in the network that is being made. */
interface Turned {
  /** Its name there. */
  name: string;
  shape: BlobShape;
  /** Whether it has other axes than before. */
  changed: boolean;
}

function refuse({ line, name }: LayerSpec, why: string): never {
  throw new AppError('bad-network', `Line ${line}: layer "${name}" cannot be made convolutional: ${why}`, {
    line,
  });
}

const isFlattening = (layer: LayerSpec) => layer.type === 'Flatten' || layer.type === 'Reshape';

/** The layers that lead to an inner product through nothing but layers that keep the values in order. */
function leadingToProducts(spec: NetSpec): Set<string> {
  const leading = new Set<string>();
  const wanted = new Set<string>();
  for (const layer of spec.layers.toReversed()) {
    const [top] = layer.tops;
    const [bottom] = layer.bottoms;
    if (layer.type === 'InnerProduct') wanted.add(bottom!);
    if (top === undefined || (!wanted.has(top) && layer.type !== 'InnerProduct')) continue;
    const passes = isFlattening(layer) || pointwise.includes(layer.type);
    if (passes || (layer.type === 'Pooling' && layer.global)) leading.add(keyOf(layer));
    if (layer.type !== 'InnerProduct' && top !== bottom) wanted.delete(top);
    if (passes) wanted.add(bottom!);
  }
  return leading;
}

/** The convolution that takes an inner product's place. */
export function convolutionOf(layer: InnerProductSpec, kernel: readonly [number, number]): ConvolutionSpec {
  const { axis: _axis, transpose: _transpose, ...rest } = layer;
  const window = { kernel, stride: [1, 1], pad: [0, 0], dilation: [1, 1] } as const;
  return { ...rest, ...window, type: 'Convolution', group: 1 };
}

/**
 * Plans one view, placed at the size that the inner products see.
 * @throws AppError 'bad-network' naming the layer that cannot be turned.
 */
export function planTurn(spec: NetSpec, placed: readonly PlacedLayer[]): TurnPlan {
  const plan = emptyPlan();
  const leading = leadingToProducts(spec);
  const blobs = new Map<string, Turned>();
  for (const { layer, bottoms, tops, parameters } of placed) {
    const key = keyOf(layer);
    const inputs = layer.bottoms.map(
      (name, i): Turned => blobs.get(name) ?? { name, shape: bottoms[i]!, changed: false },
    );
    const [first] = inputs as [Turned, ...Turned[]];
    if (isFlattening(layer) && (first.changed || leading.has(key))) {
      const [images, ...rest] = tops[0]!;
      if (images !== first.shape[0])
        refuse(layer, 'it mixes the images of a batch, so it cannot be left out.');
      if (rest.length > 1 && !leading.has(key))
        refuse(layer, `it makes ${tops[0]!.join(' x ')} of scores; leave it out, or turn them by hand.`);
      plan.removed.add(key);
      blobs.set(layer.tops[0]!, { ...first, changed: true });
      continue;
    }
    const renamed = inputs.filter(({ name }, i) => name !== layer.bottoms[i]);
    if (renamed.length)
      plan.bottoms.set(key, new Map(inputs.map(({ name }, i) => [layer.bottoms[i]!, name])));
    const turned = turnLayer(layer, bottoms[0]!, first, leading.has(key), plan);
    if (inputs.some(({ changed }) => changed)) checkReader(layer, turned, bottoms, inputs, parameters);
    const shapes = topShapes(
      turned,
      inputs.map(({ shape }) => shape),
    );
    layer.tops.forEach((name, i) => {
      const shape = shapes[i]!;
      blobs.set(name, { name, shape, changed: shape.join() !== tops[i]!.join() });
    });
  }
  return plan;
}

/** The layer as it will be; notes in the plan what that takes. */
function turnLayer(
  layer: LayerSpec,
  bottom: BlobShape,
  now: Turned,
  leads: boolean,
  plan: TurnPlan,
): LayerSpec {
  if (layer.type === 'Pooling' && layer.global && leads && now.shape.length === 4) {
    const kernel = [now.shape[2]!, now.shape[3]!] as const;
    plan.poolings.set(keyOf(layer), kernel);
    return { ...layer, global: false, kernel };
  }
  if (layer.type !== 'InnerProduct') return layer;
  if (canonicalAxis(layer.axis, bottom.length) !== 1) {
    refuse(
      layer,
      `its axis is ${layer.axis}: it mixes ${layer.axis === 0 ? 'the images of a batch' : 'something else than all values of an image'}, ` +
        'which no convolution does. Only inner products along axis 1 can be turned.',
    );
  }
  if (now.shape.length !== 4) {
    refuse(
      layer,
      `it reads "${now.name}", which is ${now.shape.join(' x ')}; a convolution needs N x C x H x W. ` +
        'Declare the input with four axes.',
    );
  }
  const kernel = [now.shape[2]!, now.shape[3]!] as const;
  plan.kernels.set(keyOf(layer), kernel);
  plan.outputs.set(keyOf(layer), layer.numOutput);
  return convolutionOf(layer, kernel);
}

/** A layer that reads a blob with new axes must do the same with it. */
function checkReader(
  layer: LayerSpec,
  turned: LayerSpec,
  bottoms: readonly BlobShape[],
  inputs: readonly Turned[],
  parameters: readonly number[][],
): void {
  if (layer.type === 'InnerProduct' || pointwise.includes(layer.type)) return;
  const at = inputs.findIndex(({ changed }) => changed);
  const { name, shape } = inputs[at]!;
  const reads = `it reads "${name}", which becomes ${shape.join(' x ')} instead of ${bottoms[at]!.join(' x ')}`;
  if (shape.slice(2).some((length) => length !== 1))
    refuse(layer, `${reads}; a ${layer.type} layer needs the values of an image in one row.`);
  if (
    'axis' in layer &&
    canonicalAxis(layer.axis, bottoms[at]!.length) !== canonicalAxis(layer.axis, shape.length)
  )
    refuse(layer, `${reads}, so its axis ${layer.axis} would mean another one. Count it from the front.`);
  const sizes = (shapes: readonly number[][]) => shapes.map(product).join();
  const shapes = inputs.map((input) => input.shape);
  if (
    sizes(parameterShapes(turned, shapes)) !== sizes(parameters) ||
    ('numAxes' in layer && layer.numAxes === -1)
  )
    refuse(layer, `${reads}, so it would learn other values.`);
}
