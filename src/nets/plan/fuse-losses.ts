// A fixed deconvolution that upsamples a loss's scores, class by class, becomes part of the loss, so that the upsampled scores and their gradient
// never exist.
import type { SoftmaxWithLossSpec } from '../spec';
import type { CroppedDeconvolution } from './fuse-crops';
import type { Plan, Step } from './plan';

/** A loss over scores that it upsamples itself. Its bottoms are the coarse scores, the labels and, for a crop, what lends its size. */
export interface UpsampledLoss extends SoftmaxWithLossSpec {
  upsample: CroppedDeconvolution;
}

/** Whether every class is upsampled by itself and nothing of it learns. */
function isFixedUpsampling({ layer, wants, params }: Step, parameters: Plan['parameters']): boolean {
  if (layer.type !== 'Deconvolution' || wants.params || layer.biasTerm) return false;
  const { group, numOutput, dilation, propagateDown } = layer;
  const [inputs] = parameters.get(params[0]!)!;
  const apart = group === numOutput && group === inputs;
  return apart && dilation[0] === 1 && dilation[1] === 1 && (propagateDown[0] ?? true);
}

/**
 * The steps with each loss fused whose scores such a deconvolution makes and nothing else of these steps reads.
 * @param predictions the number of a new value: the best class of each pixel, which the loss over `scores` is to give, too; null where none is
 *   wanted. Only a fused loss can give it.
 */
export function fuseLosses(
  steps: readonly Step[],
  parameters: Plan['parameters'],
  scores: number,
  predictions: number | null,
): { steps: Step[]; predicts: boolean } {
  const makers = new Map(steps.flatMap((step) => step.outputs.map((value) => [value, step] as const)));
  const readers = (value: number) =>
    steps.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === value).length, 0);
  const fused = new Set<Step>();
  let predicts = false;
  const result = steps.map((step): Step => {
    const loss = step.layer;
    if (loss.type !== 'SoftmaxWithLoss' || loss.axis !== 1) return step;
    const [value, labels] = step.inputs as [number, number];
    const maker = makers.get(value);
    if (!maker || !isFixedUpsampling(maker, parameters) || readers(value) > 1) return step;
    fused.add(maker);
    const upsample = maker.layer as CroppedDeconvolution;
    const [from, ...like] = maker.inputs as [number, ...number[]];
    const isPredicting = value === scores && predictions !== null;
    predicts ||= isPredicting;
    const layer: UpsampledLoss = { ...loss, upsample };
    return {
      ...step,
      layer,
      inputs: [from, labels, ...like],
      outputs: isPredicting ? [...step.outputs, predictions] : step.outputs,
      params: maker.params,
      keeps: { bottoms: [false, false, false], tops: false },
      wants: { bottoms: [maker.wants.bottoms[0]!, false, ...like.map(() => false)], params: false },
    };
  });
  return { steps: result.filter((step) => !fused.has(step)), predicts };
}
