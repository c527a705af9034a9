// The layers whose outputs are one per class, found from what reads the scores.
import { AppError } from '../core/errors';
import {
  countChannels,
  isSized,
  joinsChannels,
  outputSizes,
  traceChannels,
  type TracedLayer,
} from './channels';
import type { LayerSpec, NetSpec } from './spec';

export interface Scores {
  layers: Set<string>;
  /** Nothing reads scores as such, so that the last blob is taken for them. */
  guessed: boolean;
  /** A layer that makes scores of parts of several blobs, so that no layer has one output per class. */
  joint: LayerSpec | null;
}

/** The indices of the layers that make what losses, accuracies and a closing softmax read. */
function scoreProducers(traced: readonly TracedLayer[]): number[] {
  const read = new Set(traced.flatMap(({ producers }) => producers));
  return traced.flatMap(({ layer, producers }, index) => {
    const ends =
      layer.type === 'SoftmaxWithLoss' ||
      layer.type === 'Accuracy' ||
      (layer.type === 'Softmax' && !read.has(index));
    return ends ? [producers[0]!] : [];
  });
}

/** What reaches a loss, an accuracy or a closing softmax without passing another layer that mixes channels; without any of them, the last blob. */
export function findScores(spec: NetSpec): Scores {
  const traced = traceChannels(spec);
  const sizes = outputSizes(spec);
  const starts = scoreProducers(traced);
  const found: Scores = { layers: new Set(), guessed: !starts.length, joint: null };
  const seen = new Set<number>();
  const visit = (index: number) => {
    const entry = traced[index];
    if (!entry || seen.has(index)) return;
    seen.add(index);
    const { layer, producers, bottoms, follows } = entry;
    if (isSized(layer)) {
      found.layers.add(layer.name);
      const enlarges = follows || layer.type === 'Deconvolution';
      if (!enlarges || layer.numOutput !== countChannels(bottoms[0]!, sizes)) return;
    } else if (joinsChannels(layer) && producers.length + layer.tops.length > 2) {
      found.joint ??= layer;
      return;
    }
    // A crop's second bottom gives only a size, a scale's only factors.
    const sums = layer.type === 'Eltwise' || layer.type === 'Concat';
    (sums ? producers : producers.slice(0, 1)).forEach(visit);
  };
  (starts.length ? starts : [traced.length - 1]).forEach(visit);
  return found;
}

/** The layers whose outputs are one per class. */
export function scoreLayers(spec: NetSpec): Set<string> {
  return findScores(spec).layers;
}

/** The number of classes that a network scores. @throws AppError 'bad-network' where there are none, or several. */
export function classCount(spec: NetSpec): number {
  const scores = scoreLayers(spec);
  const scoring = spec.layers.filter(isSized).filter(({ name }) => scores.has(name));
  const [first] = scoring;
  if (!first) {
    throw new AppError(
      'bad-network',
      'No layer of the network scores classes: its loss or its last layer should read a Convolution or InnerProduct.',
    );
  }
  const other = scoring.find(({ numOutput }) => numOutput !== first.numOutput);
  if (other) {
    throw new AppError(
      'bad-network',
      `Line ${other.line}: layer "${other.name}" scores ${other.numOutput} classes, but "${first.name}" scores ${first.numOutput}.`,
      { line: other.line, layer: other.name },
    );
  }
  return first.numOutput;
}
