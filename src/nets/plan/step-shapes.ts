// The shapes of a plan's values for data of one size.
import { parameterShapes, topShapes } from '../shapes';
import type { BlobShape } from '../spec';
import type { UpsampledLoss } from './fuse-losses';
import type { Plan, Step } from './plan';
import { refuse } from './refuse';

/**
 * By value, what Caffe would call each blob's shape, for the steps that run.
 * @param data N x H x W x C.
 * @throws AppError 'bad-network' where the layers do not fit together at this size.
 */
export function blobShapes(
  plan: Plan,
  steps: readonly Step[],
  [n, h, w, c]: readonly [number, number, number, number],
): Map<number, BlobShape> {
  const { channels, line } = plan.image;
  if (c !== channels) refuse(line, `the network reads images of ${channels} channels; these have ${c}.`);
  const shapes = new Map<number, BlobShape>([[plan.data, [n, c, h, w]]]);
  for (const step of steps) {
    // Labels are no tensors; whether a batch has as many as the scores need is seen when it comes.
    const bottoms = step.inputs.map((value) => shapes.get(value) ?? []);
    checkParameters(plan, step, bottoms);
    topsOf(step, bottoms).forEach((top, i) => shapes.set(step.outputs[i]!, top));
  }
  return shapes;
}

/** An inner product has weights for one size of its bottom, and so for one size of the image. */
function checkParameters({ parameters }: Plan, { layer, params }: Step, bottoms: BlobShape[]): void {
  for (const [i, shape] of parameterShapes(layer, bottoms).entries()) {
    const held = parameters.get(params[i]!)!;
    if (held.join() === shape.join()) continue;
    refuse(
      layer.line,
      `layer "${layer.name}" needs weights of ${shape.join(' x ')} for this size of image; it has ${held.join(' x ')}.`,
    );
  }
}

function topsOf({ layer, crop, outputs }: Step, bottoms: BlobShape[]): BlobShape[] {
  if ('upsample' in layer) {
    const predictions = [bottoms[0]![0]!, 1, ...upsampledSize(layer, bottoms)];
    return [...topShapes(layer, bottoms), predictions].slice(0, outputs.length);
  }
  if (!crop) return topShapes(layer, bottoms);
  const [whole] = topShapes(layer, bottoms.slice(0, 1));
  return topShapes(crop, [whole!, bottoms[1]!]);
}

/** Height and width of the scores that a loss upsamples. */
export function upsampledSize({ upsample }: UpsampledLoss, bottoms: readonly BlobShape[]): [number, number] {
  const [scores, , like] = bottoms;
  const shape = upsample.crop ? like! : topShapes(upsample, [scores!])[0]!;
  return [shape[2]!, shape[3]!];
}
