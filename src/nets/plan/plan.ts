// Which tensor each layer reads and writes, found once per network. A tensor is a value with a number: a layer that works in place makes
// a new one.
import { dataShape } from '../place-layers';
import type { CropSpec, InputSpec, LayerSpec, NetSpec, SoftmaxWithLossSpec } from '../spec';
import { fuseCrops, type CroppedDeconvolution } from './fuse-crops';
import { fuseLosses, type UpsampledLoss } from './fuse-losses';
import { keeps } from './kept';
import { learnedBlobs } from './learned-blobs';
import { planGradients } from './plan-gradients';
import { refuse } from './refuse';

/** The name of the predictions, which no layer can have as a top. */
const PREDICTIONS = '';

/** Which gradients somebody needs: of each bottom, and of the parameters. */
export interface Wants {
  bottoms: boolean[];
  params: boolean;
}

export interface Step {
  layer: LayerSpec | CroppedDeconvolution | UpsampledLoss;
  /** The crop that a deconvolution does by the way. */
  crop: CropSpec | null;
  inputs: number[];
  outputs: number[];
  /** The learned blobs that hold the layer's parameters; layers that share one have its name here. */
  params: string[];
  keeps: { bottoms: boolean[]; tops: boolean };
  /** Whether a gradient comes here from a loss, and for whom. */
  backward: boolean;
  wants: Wants;
}

export interface Loss {
  layer: SoftmaxWithLossSpec;
  scores: number;
  value: number;
}

export interface Plan {
  steps: Step[];
  /** The value that is the image. */
  data: number;
  /** The image as an input. */
  image: { channels: number; line: number };
  /** Values that are no tensors: the labels. Each with the input it is. */
  labels: ReadonlyMap<number, string>;
  /** The last value of each blob. */
  last: ReadonlyMap<string, number>;
  /** The blob that each value belongs to. */
  names: ReadonlyMap<number, string>;
  /** What the network is asked for: the scores that its main loss reads; without a loss its last blob, before a softmax. */
  scores: number;
  /** What each learned blob is in Caffe's layout. */
  parameters: ReadonlyMap<string, readonly number[]>;
  /** The best class of each pixel, N x 1 x H x W, where the main loss gives it: of a plan to test with. */
  predictions: number | null;
  /** Where gradients begin; their sum is the network's loss. */
  losses: Loss[];
  /** The loss with the largest weight, of equals the last. */
  mainLoss: Loss | null;
}

/**
 * What a network is to give, which says what can be fused away: every blob (nothing is fused); its scores (a crop becomes part of the
 * deconvolution before it); gradients, or loss and predictions (upsampling becomes part of the loss, too).
 */
export type Purpose = 'blobs' | 'scores' | 'training' | 'testing';

/**
 * Plans a network. Blobs that are fused away are not to be had.
 * @throws AppError 'bad-network' for what cannot be run, such as two images.
 */
export function planNetwork(spec: NetSpec, purpose: Purpose = 'scores'): Plan {
  const names = new Map<number, string>();
  const last = new Map<string, number>();
  const add = (blob: string) => {
    const value = names.size;
    names.set(value, blob);
    last.set(blob, value);
    return value;
  };
  spec.inputs.forEach(({ name }) => add(name));
  const { name: image, line } = imageInput(spec);
  const data = last.get(image)!;
  const labels = new Map(
    spec.inputs.flatMap(({ name, role }, value) => (role === 'label' ? [[value, name] as const] : [])),
  );
  const blobs = learnedBlobs(spec);
  const steps: Step[] = [];
  for (const layer of spec.layers.flatMap(oneByOne)) {
    const inputs = layer.bottoms.map(
      (blob) => last.get(blob) ?? refuse(layer.line, `no layer before "${layer.name}" makes "${blob}".`),
    );
    const params = blobs.filter((blob) => blob.layer.name === layer.name).map(({ owner }) => owner);
    steps.push(makeStep(layer, inputs, layer.tops.map(add), params));
  }
  const all = steps.flatMap(lossOf);
  const mainLoss = all.reduce<Loss | null>(
    (best, loss) => (best && best.layer.lossWeight > loss.layer.lossWeight ? best : loss),
    null,
  );
  const losses = all.filter(({ layer }) => layer.lossWeight !== 0);
  const scores = mainLoss?.scores ?? lastBlob(steps, data);
  const cropped = purpose === 'blobs' ? steps : fuseCrops(steps, scores);
  planGradients(cropped, losses, blobs);
  const parameters = new Map(blobs.map(({ name, shape }) => [name, shape]));
  const fuses = losses.length > 0 && (purpose === 'training' || purpose === 'testing');
  const predictions = purpose === 'testing' ? add(PREDICTIONS) : null;
  const needed = stepsFor(
    { steps: cropped },
    losses.map(({ value }) => value),
  );
  const { steps: final, predicts } = fuses
    ? fuseLosses(needed, parameters, scores, predictions)
    : { steps: cropped, predicts: false };
  const there = new Set([...final.flatMap((step) => step.outputs), data]);
  for (const [blob, value] of last) if (!there.has(value)) last.delete(blob);
  return {
    steps: final,
    data,
    image: { channels: dataShape(spec, null)[1], line },
    labels,
    last,
    names,
    scores,
    predictions: predicts ? predictions : null,
    parameters,
    losses,
    mainLoss,
  };
}

/**
 * The losses to train by.
 * @throws AppError 'bad-network' where the network cannot be trained.
 */
export function trainingLosses({ losses, labels, steps }: Plan): Loss[] {
  if (!losses.length) {
    const last = steps.at(-1);
    const { name, type, line } = last?.crop ?? last?.layer ?? { name: '', type: 'none', line: 1 };
    refuse(
      line,
      `the last layer is "${name}" (${type}). ` +
        'To be trained, a network needs a SoftmaxWithLoss layer that reads the scores and "label".',
    );
  }
  const read = losses.map(({ layer, value }) => {
    const label = labels.get(steps.find(({ outputs }) => outputs[0] === value)!.inputs[1]!);
    return label ?? refuse(layer.line, `the loss "${layer.name}" must read an input as its labels.`);
  });
  const other = read.findIndex((label) => label !== read[0]);
  if (other > 0) {
    const { name, line } = losses[other]!.layer;
    refuse(line, `the loss "${name}" reads other labels ("${read[other]}") than the first ("${read[0]}").`);
  }
  return losses;
}

/** The one blob that is an image. */
function imageInput({ inputs, layers }: NetSpec): InputSpec {
  const images = inputs.filter(
    ({ name, role }) => role === 'image' && layers.some(({ bottoms }) => bottoms.includes(name)),
  );
  const [image, second] = images;
  if (!image) refuse(layers[0]?.line ?? 1, 'no layer reads an image.');
  if (second) {
    const names = images.map(({ name }) => `"${name}"`).join(' and ');
    refuse(second.line, `the network reads ${names}; Intarsia can run networks of one image only.`);
  }
  return image;
}

/** A convolution of several blobs as one convolution each. */
function oneByOne(layer: LayerSpec): LayerSpec[] {
  if (layer.type === 'Convolution' || layer.type === 'Deconvolution') {
    if (layer.bottoms.length > 1) {
      return layer.bottoms.map((bottom, i) => ({ ...layer, bottoms: [bottom], tops: [layer.tops[i]!] }));
    }
  }
  // Caffe gives a loss that names no top one of its own.
  if (layer.type === 'SoftmaxWithLoss' && !layer.tops.length) return [{ ...layer, tops: [layer.name] }];
  return [layer];
}

function makeStep(layer: LayerSpec, inputs: number[], outputs: number[], params: string[]): Step {
  const { bottoms, tops } = keeps(layer);
  return {
    layer,
    crop: null,
    inputs,
    outputs,
    params,
    keeps: { bottoms: inputs.map(() => bottoms), tops },
    // The gradients are planned when all steps are known.
    backward: false,
    wants: { bottoms: inputs.map(() => false), params: false },
  };
}

function lossOf({ layer, inputs, outputs }: Step): Loss[] {
  return layer.type === 'SoftmaxWithLoss' ? [{ layer, scores: inputs[0]!, value: outputs[0]! }] : [];
}

function lastBlob(steps: readonly Step[], data: number): number {
  const step = steps.findLast(({ layer, outputs }) => outputs.length > 0 && layer.type !== 'Accuracy');
  if (!step) return data;
  return step.layer.type === 'Softmax' ? step.inputs[0]! : step.outputs[0]!;
}

/** The steps on which the wanted values depend, in order. */
export function stepsFor({ steps }: Pick<Plan, 'steps'>, wanted: readonly number[]): Step[] {
  const needed = new Set(wanted);
  const found = steps.toReversed().filter(({ inputs, outputs }) => {
    const runs = outputs.some((value) => needed.has(value));
    if (runs) inputs.forEach((value) => needed.add(value));
    return runs;
  });
  return found.reverse();
}
