// A crop becomes part of the deconvolution whose output it cuts, so that what is cut off is never computed.
import { cropOffset } from '../shapes';
import type { ConvolutionSpec, CropSpec, Pair } from '../spec';
import type { Step } from './plan';

/** A deconvolution whose output is cropped from `crop` on to the second bottom's height and width: what is cut off is never computed. */
export interface CroppedDeconvolution extends ConvolutionSpec {
  crop?: Pair;
}

/** Whether the crop takes part of an image's rows and columns only. */
const isSpatial = ({ axis }: CropSpec) => axis === 2 || axis === -2;

/** The steps with each crop fused whose bottom a deconvolution makes and nothing else reads; `asked` is read by whoever asks. */
export function fuseCrops(steps: readonly Step[], asked: number): Step[] {
  const makers = new Map(steps.flatMap((step) => step.outputs.map((value) => [value, step] as const)));
  const readers = (value: number) =>
    steps.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === value).length, 0);
  const fused = new Set<Step>();
  const result = steps.map((step): Step => {
    const crop = step.layer;
    if (crop.type !== 'Crop' || !isSpatial(crop)) return step;
    const [from, like] = step.inputs as [number, number];
    const maker = makers.get(from);
    if (maker?.layer.type !== 'Deconvolution' || from === asked || readers(from) > 1) return step;
    fused.add(maker);
    const offset = [2, 3].map((axis) => cropOffset(crop.offset, axis, 2)) as [number, number];
    return {
      ...step,
      layer: { ...maker.layer, crop: offset, tops: crop.tops },
      crop,
      inputs: [maker.inputs[0]!, like],
      params: maker.params,
      // The second bottom only lends its size.
      keeps: { bottoms: [maker.keeps.bottoms[0]!, false], tops: maker.keeps.tops },
    };
  });
  return result.filter((step) => !fused.has(step));
}
