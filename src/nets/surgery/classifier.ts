// The parts of a classifier: where its scores are made, and what comes before.
import { AppError } from '../../core/errors';
import { blobGraph, type BlobGraph } from '../blob-graph';
import type { ConvolutionSpec, LayerSpec, NetSpec, PoolingSpec, SoftmaxWithLossSpec } from '../spec';
import { keyOf } from './layer-text';

export function refuseLayer({ line, name }: Pick<LayerSpec, 'line' | 'name'>, why: string): never {
  throw new AppError('bad-network', `Line ${line}: layer "${name}" ${why}`, { line });
}

/** Layers that give every value its own, wherever it lies. */
const pointwise: readonly LayerSpec['type'][] = [
  'ReLU',
  'ELU',
  'Sigmoid',
  'TanH',
  'Dropout',
  'Power',
  'PReLU',
  'BatchNorm',
  'Scale',
  'Bias',
  'Split',
];

export interface Classifier {
  graph: BlobGraph;
  /** The value that the main loss reads, or the last of all. */
  scores: number;
  loss: SoftmaxWithLossSpec | null;
  /** The convolution that makes a score for each class. */
  layer: ConvolutionSpec;
  /** An average of the whole window just before it (GoogLeNet's), and the layer that reads that. */
  average: { pooling: PoolingSpec; bottom: string; reader: LayerSpec } | null;
}

/** The loss with the largest weight, of equals the last, and the value it reads; without a loss what the last layer makes. */
export function mainScores(
  spec: NetSpec,
  graph: BlobGraph,
): { scores: number; loss: SoftmaxWithLossSpec | null } {
  let main: { scores: number; loss: SoftmaxWithLossSpec } | null = null;
  spec.layers.forEach((layer, i) => {
    if (layer.type !== 'SoftmaxWithLoss' || (main && main.loss.lossWeight > layer.lossWeight)) return;
    main = { scores: graph.layers[i]!.bottoms[0]!, loss: layer };
  });
  if (main) return main;
  const last = spec.layers.findLastIndex(({ type, tops }) => tops.length > 0 && type !== 'Accuracy');
  return { scores: graph.layers[last]!.tops[0]!, loss: null };
}

/** @throws AppError 'bad-network' where the network is no fully convolutional classifier, naming the layer. */
export function classifierOf(spec: NetSpec): Classifier {
  const graph = blobGraph(spec);
  const { scores, loss } = mainScores(spec, graph);
  const makerOf = (value: number) => graph.values[value]!.maker?.layer;
  const bottomOf = (value: number) => graph.values[value]!.bottoms[0]!;
  const after: readonly (LayerSpec['type'] | undefined)[] = [
    'Softmax',
    'Flatten',
    'Reshape',
    'Pooling',
    ...pointwise,
  ];
  let value = scores;
  while (after.includes(makerOf(value)?.type)) value = bottomOf(value);
  const layer = makerOf(value);
  if (!layer) throw new AppError('bad-network', 'Line 1: nothing makes scores of the image.', { line: 1 });
  if (layer.type === 'InnerProduct')
    refuseLayer(layer, 'is an InnerProduct. Make the network fully convolutional first.');
  if (layer.type === 'Crop' || layer.type === 'Deconvolution')
    refuseLayer(layer, `makes the scores, so this network labels pixels already.`);
  if (layer.type !== 'Convolution') {
    refuseLayer(
      layer,
      `(${layer.type}) makes the scores; the last layer of a classifier that learns must be a Convolution.`,
    );
  }
  return { graph, scores, loss, layer, average: averageBefore(graph, value, layer) };
}

function averageBefore({ values }: BlobGraph, made: number, classifier: LayerSpec): Classifier['average'] {
  let reader = classifier;
  let value = values[made]!.bottoms[0]!;
  for (;;) {
    const { maker, bottoms } = values[value]!;
    if (!maker) return null;
    const { layer } = maker;
    if (layer.type === 'Pooling') {
      const whole = layer.global || (layer.stride.every((s) => s === 1) && layer.kernel.some((k) => k > 1));
      if (layer.pool !== 'AVE' || !whole) return null;
      return { pooling: layer, bottom: values[bottoms[0]!]!.name, reader };
    }
    if (!pointwise.includes(layer.type)) return null;
    reader = layer;
    value = bottoms[0]!;
  }
}

/** The layers on which the first bottom of the layer called `name` depends, by their keys; null where the view has no such layer. */
export function layersBefore(spec: NetSpec, name: string): Set<string> | null {
  const graph = blobGraph(spec);
  const at = spec.layers.findIndex((layer) => layer.name === name);
  if (at < 0) return null;
  const keys = new Set<string>();
  const open = graph.layers[at]!.bottoms.slice(0, 1);
  const seen = new Set(open);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const { maker, bottoms } = graph.values[value]!;
    if (!maker) continue;
    keys.add(keyOf(maker.layer));
    for (const bottom of bottoms) {
      if (!seen.has(bottom)) open.push(bottom);
      seen.add(bottom);
    }
  }
  return keys;
}

/** The one convolution that reads the image, and the image's name. @throws AppError 'bad-network' where there are several. */
export function firstConvolution(spec: NetSpec): { layer: ConvolutionSpec; image: string } {
  const { values, layers } = blobGraph(spec);
  const images = new Set(spec.inputs.flatMap(({ role }, i) => (role === 'image' ? [i] : [])));
  const near = new Set(images);
  const found: ConvolutionSpec[] = [];
  spec.layers.forEach((layer, i) => {
    const { bottoms, tops } = layers[i]!;
    if (!bottoms.some((bottom) => near.has(bottom))) return;
    if (layer.type === 'Convolution') found.push(layer);
    else if (pointwise.includes(layer.type)) tops.forEach((top) => near.add(top));
  });
  const [first, second] = found;
  const read = [...images].filter((image) => layers.some(({ bottoms }) => bottoms.includes(image)));
  const [image] = read;
  if (!first || image === undefined)
    throw new AppError('bad-network', 'Line 1: no convolution reads the image.', { line: 1 });
  if (second)
    refuseLayer(second, `reads the image, and so does "${first.name}"; which one should be padded?`);
  return { layer: first, image: values[image]!.name };
}
