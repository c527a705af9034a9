// The arithmetic of skips: how much finer blobs are than the scores, and where they must be cropped to meet them.
import { AppError } from '../../core/errors';
import { blobGraph } from '../blob-graph';
import type { ConvolutionSpec, CropSpec, NetSpec } from '../spec';
import { mainScores, refuseLayer } from './classifier';
import {
  lengthsAtEverySize,
  offsetBetween,
  samplingOf,
  upsampled,
  upsampledLength,
  upsamplingFor,
  type Lengths,
  type Sampling,
  type Upsampling,
} from './sampling';

/** A head as addDenseHead makes it: scores, one enlargement, a crop to the image. */
export interface Head {
  /** The blob that is enlarged. */
  scores: string;
  up: ConvolutionSpec;
  crop: CropSpec;
  image: string;
  classes: number;
}

/** @throws AppError 'bad-network' where the network has no such head, naming the layer. */
export function headOf(spec: NetSpec): Head {
  const graph = blobGraph(spec);
  const { scores } = mainScores(spec, graph);
  const made = graph.values[scores]!;
  const crop = made.maker?.layer;
  const what = 'Skips join a head that enlarges the scores and crops them to the image.';
  if (!crop) throw new AppError('bad-network', `Line 1: nothing makes scores. ${what}`, { line: 1 });
  if (crop.type !== 'Crop')
    return refuseLayer(crop, `makes the scores, and is no Crop. ${what} Add one first.`);
  const up = graph.values[made.bottoms[0]!]!.maker?.layer;
  if (up?.type !== 'Deconvolution')
    return refuseLayer(up ?? crop, `is no Deconvolution. ${what} Add one first.`);
  const axis = crop.axis < 0 ? crop.axis + 4 : crop.axis;
  if (axis !== 2) refuseLayer(crop, 'does not crop height and width alone.');
  return { scores: up.bottoms[0]!, up, crop, image: crop.bottoms[1]!, classes: up.numOutput };
}

export interface SkipStep {
  blob: string;
  up: Upsampling;
  /** Which of both scores is the larger one and is cropped to the other: the skip's, or the enlarged ones. */
  cropped: 'skip' | 'scores';
  /** What is cropped off it. */
  offset: number;
}

export interface SkipPlan {
  /** From the coarsest to the finest. */
  steps: SkipStep[];
  final: Upsampling & { offset: number };
}

/** A skip that does not fit; the message is the second half of a sentence about it. */
export class Misfit extends Error {
  readonly blob: string;

  constructor(blob: string, why: string) {
    super(why);
    this.blob = blob;
  }
}

/** What skips are planned with: the network and the lengths of its blobs, found once. */
export interface SkipGround {
  spec: NetSpec;
  head: Head;
  coarse: Sampling;
  lengths: readonly Lengths[];
}

/** @throws AppError 'bad-network' */
export function skipGround(spec: NetSpec): SkipGround {
  const head = headOf(spec);
  const coarse = samplingOf(spec, head.scores, head.image);
  return { spec, head, coarse, lengths: lengthsAtEverySize(spec, coarse.stride) };
}

/**
 * @param blobs in any order.
 * @throws Misfit for the blob that does not fit, AppError 'bad-network' for one that has no place over the image.
 */
export function planSkips({ spec, head, coarse, lengths }: SkipGround, blobs: readonly string[]): SkipPlan {
  const skips = blobs
    .map((blob) => ({ blob, at: samplingOf(spec, blob, head.image) }))
    .sort((a, b) => b.at.stride - a.at.stride);
  let current = coarse;
  let joined = head.scores;
  let lengthAt = ({ of }: Lengths) => of.get(head.scores)!;
  const steps = skips.map(({ blob, at }): SkipStep => {
    const what = `has one value for every ${at.stride} pixels, "${joined}" one for every ${current.stride}`;
    if (at.stride >= current.stride) throw new Misfit(blob, `${what}: it adds no detail.`);
    const before = lengthAt;
    const skipAt = ({ of }: Lengths) => of.get(blob)!;
    // Berkeley's way: the skip's scores are cropped to the enlarged ones.
    const up = upsamplingFor(current, at, (from, to) => offsetBetween(to, from));
    if (!up) throw new Misfit(blob, `${what}: no enlargement brings pixels onto pixels.`);
    const enlarged = (lengths: Lengths) => upsampledLength(before(lengths), up);
    const { ratio, kernel } = up;
    if (up.offset >= 0 && lengths.every((sizes) => up.offset + enlarged(sizes) <= skipAt(sizes))) {
      current = upsampled(current, up);
      lengthAt = enlarged;
      joined = blob;
      return { blob, up: { ratio, kernel }, cropped: 'skip', offset: up.offset };
    }
    // Where those are the larger ones, as in GoogLeNet, the other way round.
    const offset = -up.offset + 0;
    if (offset < 0 || !lengths.every((sizes) => offset + skipAt(sizes) <= enlarged(sizes)))
      throw new Misfit(
        blob,
        'covers neither all of the scores that it would be added to, nor only a part of them.',
      );
    current = at;
    lengthAt = skipAt;
    joined = blob;
    return { blob, up: { ratio, kernel }, cropped: 'scores', offset };
  });
  const final = upsamplingFor(current, { stride: 1, start: 0 }, offsetBetween);
  if (!final)
    throw new Misfit(
      joined,
      `has one value for every ${current.stride} pixels, which no deconvolution enlarges evenly.`,
    );
  if (final.offset < 0)
    throw new Misfit(joined, `would leave ${-final.offset} pixels of the image without scores.`);
  const bare = lengths.find((sizes) => final.offset + sizes.size > upsampledLength(lengthAt(sizes), final));
  if (bare) throw new Misfit(joined, `would not cover an image of ${bare.size} x ${bare.size} pixels.`);
  return { steps, final };
}
