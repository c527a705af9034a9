// "Just set the size of the filters to the size of the input": inner products become the convolutions that compute the same.
import { AppError } from '../../core/errors';
import type { PrototxtMessage, TextEdit } from '../../formats/prototxt';
import { dataShape, expectedShapes, placeLayers } from '../place-layers';
import { product } from '../shapes';
import type { InnerProductSpec, NetSpec } from '../spec';
import type { WeightSet } from '../weights';
import {
  fieldsOf,
  insertAfter,
  removeField,
  rename,
  setString,
  setValue,
  subMessage,
} from '../edit-prototxt';
import { reshapeInputs } from './input-size';
import { keyOfText, netText, textOf, type LayerText, type NetText } from './layer-text';
import { SurgeryRecord, type LayerChange } from './record';
import { emptyPlan, planTurn, type TurnPlan } from './turn-plan';
import { readViews } from './views';

/** An inner product that became a convolution. */
export interface TurnedLayer {
  layer: string;
  kernel: readonly [height: number, width: number];
  /** The definitions, to be laid side by side. */
  before: string;
  after: string;
  lineBefore: number;
  lineAfter: number;
}

export interface Convolutionalized {
  prototxt: string;
  changes: TurnedLayer[];
  /** What else had to change: flattening layers that are gone, and what read them; poolings of the whole blob. */
  others: LayerChange[];
}

/**
 * Turns every InnerProduct into the Convolution that computes the same for an image of this size, and of every window of that size in
 * a larger image. Layers keep their names, so that weights carry over; comments and layout stay.
 * @param size of the image that the classifier takes; null for the size that the file declares.
 * @throws AppError 'bad-network' naming the layer and the line of what cannot be turned, or where there is no inner product.
 */
export function convolutionalize(
  prototxt: string,
  size: { width: number; height: number } | null,
): Convolutionalized {
  const plan = planViews(prototxt, size);
  if (!plan.kernels.size) {
    throw new AppError(
      'bad-network',
      'Line 1: this network has no InnerProduct layer: it is fully convolutional already.',
      {
        line: 1,
      },
    );
  }
  const net = netText(prototxt);
  const record = new SurgeryRecord(net);
  for (const layer of net.layers) {
    const key = keyOfText(layer);
    if (plan.removed.has(key)) {
      record.remove(layer, `A convolution reads the blob as it is; "${layer.name}" would put it in one row.`);
      continue;
    }
    const bottoms = plan.bottoms.get(key);
    if (bottoms) record.change(layer, bottomEdits(layer, bottoms), 'The layer that made its bottom is gone.');
    const pooling = plan.poolings.get(key);
    if (pooling) {
      const why = `Its window is ${pooling.join(' x ')}, what it sees at this size, and no longer the whole blob.`;
      record.change(layer, poolingEdits(net, layer, pooling), why);
    }
    const kernel = plan.kernels.get(key);
    if (kernel) {
      const why = `It sees ${kernel.join(' x ')}, so that is its kernel.`;
      record.change(layer, convolutionEdits(net, layer, kernel, plan.outputs.get(key)!), why);
    }
  }
  if (size) {
    const images = new Set(
      readViews(prototxt).flatMap(({ spec }) =>
        spec.inputs.flatMap(({ name, role }) => (role === 'image' ? [name] : [])),
      ),
    );
    const resized = (name: string, dims: readonly number[]) =>
      images.has(name) && dims.length === 4 ? [dims[0]!, dims[1]!, size.height, size.width] : null;
    reshapeInputs(net, record, resized, 'The kernels are those of this size of image.');
  }
  const { prototxt: text, changes } = record.finish();
  const isTurned = ({ layer, lineBefore }: LayerChange) => plan.kernels.has(`${lineBefore} ${layer}`);
  return {
    prototxt: text,
    changes: changes.filter(isTurned).map(({ layer, before, after, lineBefore, lineAfter }) => ({
      layer,
      kernel: plan.kernels.get(`${lineBefore} ${layer}`)!,
      ...{ before: before!, after: after!, lineBefore: lineBefore!, lineAfter: lineAfter! },
    })),
    others: changes.filter((change) => !isTurned(change)),
  };
}

/** One plan for all views; a layer is planned in the first view that has it. */
function planViews(prototxt: string, size: { width: number; height: number } | null): TurnPlan {
  const all = emptyPlan();
  const merge = <Value>(into: Map<string, Value>, from: Map<string, Value>) => {
    for (const [key, value] of from) if (!into.has(key)) into.set(key, value);
  };
  for (const { spec } of readViews(prototxt)) {
    const plan = planTurn(spec, placeLayers(spec, dataShape(spec, size)));
    merge(all.kernels, plan.kernels);
    merge(all.outputs, plan.outputs);
    merge(all.poolings, plan.poolings);
    merge(all.bottoms, plan.bottoms);
    plan.removed.forEach((key) => all.removed.add(key));
  }
  return all;
}

function convolutionEdits(
  { text }: NetText,
  layer: LayerText,
  [height, width]: readonly [number, number],
  outputs: number,
): TextEdit[] {
  const type = fieldsOf(layer.message, 'type').at(-1)!;
  const parameters = fieldsOf(layer.message, 'inner_product_param');
  const own = subMessage(layer.message, 'inner_product_param');
  const given = own && fieldsOf(own, 'num_output').at(-1);
  const gone = own ? [...fieldsOf(own, 'axis'), ...fieldsOf(own, 'transpose')] : [];
  const added = [
    // DIGITS leaves it out of the last layer; a convolution may not.
    ...(given ? [] : [`num_output: ${outputs}`]),
    ...(height === width ? [`kernel_size: ${height}`] : [`kernel_h: ${height}`, `kernel_w: ${width}`]),
  ];
  return [
    layer.old ? setValue(type, 'CONVOLUTION') : setString(type, 'Convolution'),
    ...parameters.map((field) => rename(field, 'convolution_param')),
    ...(given
      ? added.map((field) => insertAfter(text, given, field))
      : [insertFirst(layer, own, added.join(' '))]),
    ...gone.map((field) => removeField(text, field)),
  ];
}

/** Fields at the beginning of a message, or with a message of their own where there is none. */
function insertFirst({ message }: LayerText, own: PrototxtMessage | undefined, fields: string): TextEdit {
  const at = own ? own.start + 1 : message.end - 1;
  return { start: at, end: at, insert: own ? ` ${fields}` : ` convolution_param { ${fields} } ` };
}

function poolingEdits(
  { text }: NetText,
  layer: LayerText,
  [height, width]: readonly [number, number],
): TextEdit[] {
  const own = subMessage(layer.message, 'pooling_param')!;
  const [first, ...more] = fieldsOf(own, 'global_pooling');
  const kernel = height === width ? `kernel_size: ${height}` : `kernel_h: ${height} kernel_w: ${width}`;
  // A stride of more than 1 means nothing to a pooling of the whole blob, and much to one of a window.
  const gone = ['stride', 'stride_h', 'stride_w'].flatMap((name) => fieldsOf(own, name));
  return [
    { start: first!.start, end: first!.end, insert: kernel },
    ...[...more, ...gone].map((field) => removeField(text, field)),
  ];
}

function bottomEdits({ message }: LayerText, names: ReadonlyMap<string, string>): TextEdit[] {
  return fieldsOf(message, 'bottom').flatMap((field) => {
    const now = names.get(textOf(field.value) ?? '');
    return now === undefined || now === textOf(field.value) ? [] : [setString(field, now)];
  });
}

/** The network's inner products, by name. */
const productsOf = (spec: NetSpec) =>
  new Map(
    spec.layers.flatMap((layer) => (layer.type === 'InnerProduct' ? [[layer.name, layer] as const] : [])),
  );

/**
 * The classifier's weights in the shapes of its convolutional form, so that both give the same scores. Blobs that no inner product owns
 * are passed on as they are; nothing is copied but transposed weights.
 * @throws AppError 'bad-weights' where a blob has another number of values than the convolution.
 */
export function convolutionalizeWeights(weights: WeightSet, before: NetSpec, after: NetSpec): WeightSet {
  const products = productsOf(before);
  const turned: WeightSet = new Map(weights);
  for (const [name, shape] of expectedShapes(after)) {
    const blob = weights.get(name);
    const layer = products.get(name.slice(0, name.lastIndexOf('/')));
    if (!blob || !layer) continue;
    if (product(shape) !== blob.data.length) {
      throw new AppError(
        'bad-weights',
        `${name} has ${blob.data.length} values; the convolution needs ${shape.join(' x ')}. Use the size of image that the classifier takes.`,
      );
    }
    const data = name.endsWith('/0') ? rowsOf(layer, blob.data) : blob.data;
    turned.set(name, { shape, data });
  }
  return turned;
}

/** The weights as outputs x inputs. */
function rowsOf({ transpose, numOutput }: InnerProductSpec, data: Float32Array): Float32Array {
  if (!transpose) return data;
  const inputs = data.length / numOutput;
  const rows = new Float32Array(data.length);
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < numOutput; o++) rows[o * inputs + i] = data[i * numOutput + o]!;
  return rows;
}
