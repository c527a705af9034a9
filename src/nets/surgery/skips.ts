// Skips: scores of finer blobs, added to the coarse ones on their way up to the image (Long, Shelhamer and Darrell 2015, FCN-16s and 8s).
import { AppError } from '../../core/errors';
import type { TextEdit } from '../../formats/prototxt';
import { blobGraph } from '../blob-graph';
import { fieldsOf, insertAfter, removeField, setString, setValue, subMessage } from '../edit-prototxt';
import { layersBefore } from './classifier';
import { keyOf, keyOfText, netText, type LayerText, type NetText } from './layer-text';
import { newForm } from './new-form';
import { Misfit, planSkips, skipGround, type SkipGround, type SkipPlan } from './plan-skips';
import { SurgeryRecord, type LayerChange, type NewLayer } from './record';
import { samplingOf } from './sampling';
import { readViews } from './views';
import { cropLayer, scoreLayer, sumLayer, upsampling } from './write-layers';

export interface WithSkips {
  prototxt: string;
  /** The text that the changes' `before` and `lineBefore` speak of: the one given, in today's form of the language. */
  base: string;
  changes: LayerChange[];
  /** From the coarsest to the finest: the enlargement before it, and what is cropped off the skip's scores or the enlarged ones. */
  skips: { blob: string; stride: number; kernel: number; cropped: 'skip' | 'scores'; offset: number }[];
  /** The last enlargement, to the image, and the crop after it. */
  final: { stride: number; kernel: number; offset: number };
}

/**
 * Adds the scores of other layers to those of a network with one enlargement (or with fewer skips): the 16s and 8s of any network.
 * @param layers names of layers or blobs, one or more, in any order.
 * @throws AppError 'bad-network' where the network has no dense head, or a layer does not fit: which and why.
 */
export function addSkips(prototxt: string, layers: readonly string[]): WithSkips {
  const base = newForm(prototxt);
  const net = netText(base);
  const { spec } = readViews(base)[0]!;
  const ground = skipGround(spec);
  const blobs = layers.map((name) => blobOf(ground, name));
  if (!blobs.length) throw new AppError('bad-network', 'Name a layer whose scores are to be added.');
  const plan = planned(ground, blobs);
  const { head } = ground;
  const record = new SurgeryRecord(net);
  const up = textLayer(net, head.up);
  const taken = new Set(
    net.layers
      .filter((layer) => layer !== up)
      .flatMap(({ name, entry }) => [name, ...entry.fields.strings('top')]),
  );
  const { added, last } = newLayers(ground, plan, (name) => fresh(taken, name));
  record.insert(added, up);
  record.remove(up, 'The scores are enlarged step by step instead.');
  const crop = textLayer(net, head.crop);
  const why = `The enlarged scores begin ${plan.final.offset} pixels outside the image now.`;
  record.change(crop, cropEdits(net, crop, last, plan.final.offset), why);
  return {
    base,
    ...record.finish(),
    skips: plan.steps.map(({ blob, up: { ratio, kernel }, cropped, offset }) => ({
      ...{ blob, stride: ratio, kernel, cropped, offset },
    })),
    final: { stride: plan.final.ratio, kernel: plan.final.kernel, offset: plan.final.offset },
  };
}

/** The plan, or an error that names the layer. */
function planned(ground: SkipGround, blobs: readonly string[]): SkipPlan {
  try {
    return planSkips(ground, blobs);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const layer = ground.spec.layers.findLast(({ tops }) => tops.includes(error.blob));
    throw new AppError(
      'bad-network',
      `Line ${layer?.line ?? 1}: "${error.blob}" cannot be joined: it ${error.message}`,
      { line: layer?.line ?? 1 },
    );
  }
}

/** The blob that a layer makes, or the blob of that name; it must be made before the scores are enlarged. */
function blobOf({ spec, head }: SkipGround, name: string): string {
  const at = spec.layers.findIndex((layer) => layer.name === head.up.name);
  const before = spec.layers.slice(0, at);
  const blob =
    before.find((layer) => layer.name === name)?.tops[0] ??
    before.flatMap(({ tops }) => tops).find((top) => top === name);
  if (blob === undefined) {
    throw new AppError('bad-network', `No layer or blob before "${head.up.name}" is called "${name}".`);
  }
  return blob;
}

const textLayer = (net: NetText, layer: { name: string; line: number }): LayerText =>
  net.layers.find((text) => keyOfText(text) === keyOf(layer))!;

function fresh(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  taken.add(name);
  return name;
}

/** Named as Berkeley named them: upscore2, score_pool4, score_pool4c, fuse_pool4, upscore_pool4, ... */
function newLayers({ head }: SkipGround, { steps, final }: SkipPlan, name: (wanted: string) => string) {
  const added: NewLayer[] = [];
  let current = head.scores;
  const enlarge = (wanted: string, ratio: number, kernel: number) => {
    const up = name(wanted);
    added.push({
      name: up,
      text: upsampling(up, current, head.classes, kernel, ratio),
      why: `It enlarges "${current}" ${ratio} times.`,
    });
    current = up;
  };
  for (const { blob, up, cropped, offset } of steps) {
    const joined = /^fuse_(.+)$/.exec(current)?.[1];
    enlarge(joined === undefined ? `upscore${up.ratio}` : `upscore_${joined}`, up.ratio, up.kernel);
    const score = name(`score_${blob}`);
    const [whole, like] = cropped === 'skip' ? [score, current] : [current, score];
    const [cut, fused] = [name(`${whole}c`), name(`fuse_${blob}`)];
    added.push(
      {
        name: score,
        text: scoreLayer(score, blob, head.classes),
        why: `It scores the classes from "${blob}", which is finer.`,
      },
      {
        name: cut,
        text: cropLayer(cut, whole, like, offset),
        why: `"${whole}" begins ${offset} of its pixels before "${like}".`,
      },
      {
        name: fused,
        text: sumLayer(fused, cropped === 'skip' ? [current, cut] : [cut, score]),
        why: 'Both scores are added.',
      },
    );
    current = fused;
  }
  enlarge(`upscore${final.ratio}`, final.ratio, final.kernel);
  return { added, last: current };
}

function cropEdits(net: NetText, crop: LayerText, bottom: string, offset: number): TextEdit[] {
  const first = fieldsOf(crop.message, 'bottom')[0]!;
  const own = subMessage(crop.message, 'crop_param');
  const [given, ...more] = own ? fieldsOf(own, 'offset') : [];
  const edits = [setString(first, bottom)];
  if (given) {
    edits.push(setValue(given, String(offset)), ...more.map((field) => removeField(net.text, field)));
  } else if (own) {
    edits.push({ start: own.start + 1, end: own.start + 1, insert: ` offset: ${offset}` });
  } else {
    const top = fieldsOf(crop.message, 'top').at(-1)!;
    edits.push(insertAfter(net.text, top, `crop_param { axis: 2 offset: ${offset} }`));
  }
  return edits;
}

/** A layer whose scores might be added. */
export interface SkipCandidate {
  layer: string;
  blob: string;
  line: number;
  /** Pixels of the image for one of its own. */
  stride: number;
  /** What it lacks, as the second half of a sentence; null where it fits. */
  why: string | null;
}

/**
 * The layers that could be joined: every pooling before the scores, and the last layer of each stride.
 * @throws AppError 'bad-network' where the network has no dense head.
 */
export function skipCandidates(prototxt: string): SkipCandidate[] {
  const { spec } = readViews(newForm(prototxt))[0]!;
  const ground = skipGround(spec);
  const { head } = ground;
  const before = layersBefore(spec, head.up.name)!;
  const { values, last } = blobGraph(spec);
  const sampled = spec.layers.flatMap((layer) => {
    const blob = layer.tops[0];
    if (blob === undefined || !before.has(keyOf(layer)) || blob === head.scores) return [];
    // A layer that works in place leaves the blob to the one that made it.
    if (layer.bottoms.includes(blob) || values[last.get(blob)!]!.maker === null) return [];
    try {
      return [{ layer, blob, stride: samplingOf(spec, blob, head.image).stride }];
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  });
  const lastOfStride = new Map(sampled.map(({ layer, stride }) => [stride, layer]));
  return sampled
    .filter(
      ({ layer, stride }) => layer.type === 'Pooling' || (stride > 1 && lastOfStride.get(stride) === layer),
    )
    .map(({ layer, blob, stride }) => ({
      layer: layer.name,
      blob,
      line: layer.line,
      stride,
      why: misfitOf(ground, blob),
    }));
}

function misfitOf(ground: SkipGround, blob: string): string | null {
  try {
    planSkips(ground, [blob]);
    return null;
  } catch (error) {
    if (error instanceof Misfit) return error.message;
    throw error;
  }
}
