// Which tensor each layer reads and writes, and what backward needs: found once per network.
import { AppError } from '../core/errors';
import type { LayerSpec, NetSpec, SoftmaxWithLossSpec } from '../nets/spec';
import { cropOffset } from '../nets/shapes';
import type { CroppedDeconvolution } from './layers/deconvolution';
import { layerOps } from './layers/registry';

export interface Step {
  layer: LayerSpec;
  /** Values by number; null for the labels, which are no tensor. A layer that works in place makes a new value. */
  inputs: (number | null)[];
  output: number;
  keeps: { bottom: boolean; top: boolean };
  /** Whether a gradient passes here at all, and whether it is wanted for the bottom and for the parameters. */
  backward: boolean;
  wants: { bottom: boolean; params: boolean };
}

export interface Plan {
  steps: Step[];
  /** The last value of each blob; value 0 is the data. */
  last: Map<string, number>;
  /** The blob the loss reads (or the last one), and the step that makes it. */
  scores: { value: number; step: number };
  loss: number;
  lossLayer: SoftmaxWithLossSpec;
}

/** @throws AppError 'bad-network' where the network has no loss at its end. */
export function planNetwork(spec: NetSpec): Plan {
  const last = new Map([['data', 0]]);
  const learned = new Set<number>();
  let next = 1;
  const steps = fuseCrops(spec.layers).map((layer): Step => {
    const inputs = layer.bottoms.map((name) => (name === 'label' ? null : last.get(name)!));
    const output = next++;
    last.set(layer.tops[0]!, output);
    const params =
      (layer.type === 'Convolution' || layer.type === 'Deconvolution') &&
      (layer.params[0]?.lrMult ?? 1) !== 0;
    const bottom = inputs[0] !== null && learned.has(inputs[0]!);
    if (params || bottom) learned.add(output);
    const keeps = layerOps(layer).keeps(layer);
    return { layer, inputs, output, keeps, backward: params || bottom, wants: { bottom, params } };
  });
  const lossStep = steps.at(-1)!;
  if (lossStep.layer.type !== 'SoftmaxWithLoss') {
    throw new AppError(
      'bad-network',
      `Line ${lossStep.layer.line}: the last layer is "${lossStep.layer.name}" (${lossStep.layer.type}). ` +
        'To be trained, a network must end with a SoftmaxWithLoss layer that reads the scores and "label".',
      { line: lossStep.layer.line },
    );
  }
  const value = lossStep.inputs[0]!;
  return {
    steps,
    last,
    scores: { value, step: steps.findIndex((step) => step.output === value) },
    loss: lossStep.output,
    lossLayer: lossStep.layer,
  };
}

/** Puts a crop into the deconvolution before it, where nothing else reads what is cropped. */
function fuseCrops(layers: readonly LayerSpec[]): (LayerSpec | CroppedDeconvolution)[] {
  const readers = (blob: string) => layers.filter(({ bottoms }) => bottoms.includes(blob)).length;
  return layers.flatMap((layer, i): (LayerSpec | CroppedDeconvolution)[] => {
    const next = layers[i + 1];
    const before = layers[i - 1];
    const fuses = (first: LayerSpec | undefined, second: LayerSpec | undefined) =>
      first?.type === 'Deconvolution' &&
      second?.type === 'Crop' &&
      second.axis === 2 &&
      second.bottoms[0] === first.tops[0] &&
      readers(first.tops[0]!) === 1;
    if (fuses(before, layer)) return [];
    if (!fuses(layer, next) || layer.type !== 'Deconvolution' || next?.type !== 'Crop') return [layer];
    const crop = [2, 3].map((axis) => cropOffset(next.offset, axis, next.axis)) as [number, number];
    return [{ ...layer, crop, bottoms: [layer.bottoms[0]!, next.bottoms[1]!], tops: next.tops }];
  });
}
