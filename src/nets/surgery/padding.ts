// How much the first convolution must be padded so that enlarged scores can be cropped to the image, at every size.
import { AppError } from '../../core/errors';
import type { ConvolutionSpec, NetSpec } from '../spec';
import {
  lengthsAtEverySize,
  offsetBetween,
  samplingOf,
  upsampledLength,
  upsamplingFor,
  type Sampling,
  type Upsampling,
} from './sampling';

const image: Sampling = { stride: 1, start: 0 };

/** "We pad the input by 100": the FCN paper's choice for AlexNet and VGG-16. */
const PAPER = 100;
const MOST = 1024;

export interface HeadNumbers extends Upsampling {
  offset: number;
  pad: number;
  /** Why the padding had to be raised; null where it stays. */
  why: string | null;
}

/** The network with another padding of its first convolution. */
export const padded = (spec: NetSpec, first: ConvolutionSpec, pad: number): NetSpec => ({
  ...spec,
  layers: spec.layers.map((layer) => (layer.name === first.name ? { ...first, pad: [pad, pad] } : layer)),
});

/**
 * The numbers of a head that enlarges `scores` to the image: the padding stays where that is possible, else it is 100, or what is needed.
 * @param wanted a padding to be used whatever it was.
 * @throws AppError 'bad-network' where no padding serves.
 */
export function headNumbers(
  spec: NetSpec,
  scores: string,
  input: string,
  first: ConvolutionSpec,
  wanted: number | null,
): HeadNumbers {
  const numbersAt = (pad: number) => {
    const from = samplingOf(padded(spec, first, pad), scores, input);
    return upsamplingFor(from, image, offsetBetween) ?? failStride(from);
  };
  const own = first.pad[0];
  if (wanted !== null) {
    const numbers = numbersAt(wanted);
    const problem = problemOf(padded(spec, first, wanted), scores, numbers);
    if (problem) throw new AppError('bad-network', `With a padding of ${wanted}, ${problem}`);
    return { ...numbers, pad: wanted, why: wanted === own ? null : 'This padding was asked for.' };
  }
  const numbers = numbersAt(own);
  const problem = problemOf(padded(spec, first, own), scores, numbers);
  if (!problem) return unfaded(spec, scores, input, first, { ...numbers, pad: own, why: null });
  const needed = Math.max(own + 1, own - numbers.offset);
  for (const pad of [
    Math.max(PAPER, needed),
    ...range(needed, PAPER - 1),
    ...range(Math.max(PAPER, needed) + 1, MOST),
  ]) {
    const raised = numbersAt(pad);
    if (problemOf(padded(spec, first, pad), scores, raised)) continue;
    const how = pad === PAPER ? 'as in the FCN paper' : 'which is what is needed';
    return { ...raised, pad, why: `With a padding of ${own}, ${problem} It is raised to ${pad}, ${how}.` };
  }
  throw new AppError(
    'bad-network',
    `With a padding of ${own}, ${problem} No padding up to ${MOST} mends that.`,
  );
}

/** FCN-AlexNet and FCN-32s fade over 13 pixels of 32; over more than half a stride, the padding is raised until nothing fades. */
function unfaded(
  spec: NetSpec,
  scores: string,
  input: string,
  first: ConvolutionSpec,
  own: HeadNumbers,
): HeadNumbers {
  const at = (pad: number) => samplingOf(padded(spec, first, pad), scores, input);
  const faded = fading(spec, scores, at(own.pad));
  if (faded <= own.ratio / 2) return own;
  const needed = own.pad + Math.max(1, Math.ceil(at(own.pad).start));
  for (const pad of range(needed, needed + own.ratio)) {
    if (fading(padded(spec, first, pad), scores, at(pad)) > 0) continue;
    const why =
      `With a padding of ${own.pad}, the scores fade out over ${faded} pixels at a border. ` +
      `It is raised to ${pad}, so that every pixel lies between two scores.`;
    return { ...own, offset: own.offset + pad - own.pad, pad, why };
  }
  return own;
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/** What is wrong with a head of these numbers, as the second half of a sentence; null where nothing is. */
function problemOf(spec: NetSpec, scores: string, up: Upsampling & { offset: number }): string | null {
  if (up.offset < 0)
    return `the enlarged scores would begin ${-up.offset} pixels inside the image, and a crop cannot add them.`;
  const small = lengthsAtEverySize(spec, up.ratio).find(
    ({ size, of }) => up.offset + size > upsampledLength(of.get(scores)!, up),
  );
  return small
    ? `the enlarged scores would not cover an image of ${small.size} x ${small.size} pixels.`
    : null;
}

/** Pixels at a border beyond the outermost score, where the enlarged scores fade out, at the size where they are most. */
function fading(spec: NetSpec, scores: string, { start, stride }: Sampling): number {
  const far = lengthsAtEverySize(spec, stride).map(
    ({ size, of }) => size - 1 - (stride * (of.get(scores)! - 1) + start),
  );
  return Math.max(0, start, ...far);
}

function failStride({ stride }: Sampling): never {
  throw new AppError(
    'bad-network',
    `One score stands for ${stride} pixels, which no deconvolution enlarges evenly.`,
  );
}
