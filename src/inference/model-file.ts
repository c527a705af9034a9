// A model as one .safetensors file: the weights, and in its metadata the network, the classes and what images are scaled to.
// Weights of elsewhere, as .safetensors or .caffemodel, become such a file.
import { AppError } from '../core/errors';
import { resizeModes, type LabelClass, type Scale, type Size } from '../data/types';
import { readNetwork } from '../nets/read-network';
import { classCount, fitToWeights } from '../nets/resize-network';
import { blobOwners, expectedShapes } from '../nets/place-layers';
import type { NetSpec } from '../nets/spec';
import { sameShape, sharedBlob } from '../nets/transplant';
import { readWeightFile, weightBlob, writeWeightFile } from '../nets/weight-file';
import type { WeightSet } from '../nets/weights';
import type { ModelInfo } from '../training/types';

const KEY = 'intarsia';

export function modelFile(weights: WeightSet, info: ModelInfo): Blob {
  return weightBlob(weights, { [KEY]: JSON.stringify(info) });
}

/** Weights that know their network and nothing else. */
export function writeNetworkFile(weights: WeightSet, prototxt: string): Uint8Array<ArrayBuffer> {
  return writeWeightFile(weights, { [KEY]: JSON.stringify({ prototxt }) });
}

/** A class name and colour for a network of which no more is known. */
function namelessClass(id: number): LabelClass {
  const hue = (id * 137.508) % 360;
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (0.5 - 0.35 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return { id, name: `class ${id}`, colour: [channel(0), channel(8), channel(4)] };
}

const isSize = (value: unknown): value is Size =>
  typeof value === 'object' && value !== null && 'width' in value && 'height' in value;

function isClass(value: unknown): value is LabelClass {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, colour } = value as Record<string, unknown>;
  return (
    Number.isInteger(id) &&
    typeof name === 'string' &&
    Array.isArray(colour) &&
    colour.length === 3 &&
    colour.every((v) => Number.isInteger(v) && v >= 0 && v <= 255)
  );
}

/**
 * Reads what a file says of itself and checks that its weights belong to the network.
 * @param prototxt the network, where the file has none or another is wanted; its widths are taken from the weights.
 * @throws AppError 'bad-weights' or 'bad-network'.
 */
export function readModelFile(name: string, bytes: Uint8Array, prototxt: string | null): ModelInfo {
  return openModelFile(name, bytes, prototxt, {}).info;
}

/**
 * A model from a file of elsewhere: what is known of it, and the file to keep, a .safetensors in the network's own shapes. A .caffemodel is
 * converted, and `bytes` are not to be used any more: its weights are where they were in the file, so that a large one is not held twice.
 * @throws AppError 'bad-weights' or 'bad-network'.
 */
export function importModelFile(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  prototxt: string | null,
): { info: ModelInfo; file: Blob } {
  const { info, weights, asIs } = openModelFile(name, bytes, prototxt, { reuse: true });
  return { info, file: asIs ? new Blob([bytes]) : modelFile(weights, info) };
}

interface OpenModel {
  info: ModelInfo;
  /** In the shapes of the network. */
  weights: WeightSet;
  /** Whether the file can be kept as it is. */
  asIs: boolean;
}

function openModelFile(
  name: string,
  bytes: Uint8Array,
  prototxt: string | null,
  options: { reuse?: boolean },
): OpenModel {
  const { weights: held, metadata, format } = readWeightFile(bytes, name, options);
  const told = toldBy(metadata, name);
  const own = typeof told['prototxt'] === 'string' ? told['prototxt'] : null;
  const network = prototxt === null ? own : fitToWeights(prototxt, held);
  if (network === null) {
    throw new AppError(
      'bad-weights',
      `${name} does not say which network its weights belong to${format === 'caffemodel' ? '; a .caffemodel holds none' : ''}. ` +
        'Give its .prototxt together with it.',
      { file: name },
    );
  }
  const spec = readNetwork(network);
  const { weights, asIs } = inShapesOf(spec, held, name);
  const count = classCount(spec);
  const classes = Array.isArray(told['classes']) && told['classes'].every(isClass) ? told['classes'] : [];
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  const info: ModelInfo = {
    name: typeof told['name'] === 'string' ? told['name'] : name.replace(/\.(safetensors|caffemodel)$/i, ''),
    prototxt: network,
    classes: classes.length === count ? classes : Array.from({ length: count }, (_, id) => namelessClass(id)),
    voidClass: isClass(told['voidClass']) ? told['voidClass'] : null,
    scale: scaleOf(told['scale']),
    epoch: number(told['epoch']),
    pixelAccuracy: number(told['pixelAccuracy']),
    meanIoU: number(told['meanIoU']),
  };
  return { info, weights, asIs: asIs && format === 'safetensors' };
}

function scaleOf(told: unknown): Scale | null {
  if (!isSize(told)) return null;
  const { width, height } = told;
  const mode = resizeModes.find((known) => known === (told as Scale).mode);
  return { width, height, ...(mode ? { mode } : {}) };
}

function toldBy(metadata: ReadonlyMap<string, string>, name: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(metadata.get(KEY) ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    throw new AppError('bad-weights', `${name} has metadata that are not JSON. Save the model again.`, {
      file: name,
    });
  }
}

/** The weights as the network has them: all of them, by name, in the same shapes but for how axes are written. */
function inShapesOf(spec: NetSpec, held: WeightSet, name: string): { weights: WeightSet; asIs: boolean } {
  const weights: WeightSet = new Map();
  const wrong: string[] = [];
  let asIs = true;
  const owners = blobOwners(spec);
  for (const [blob, shape] of expectedShapes(spec)) {
    const found = sharedBlob(held, blob, owners);
    if (found && isReshape(found.shape, shape)) {
      asIs &&= held.has(blob) && found.shape.join() === shape.join();
      weights.set(blob, { shape, data: found.data });
    } else {
      wrong.push(`${blob} should be ${shape.join(' x ')} and is ${found?.shape.join(' x ') ?? 'missing'}`);
    }
  }
  if (wrong.length) {
    throw new AppError(
      'bad-weights',
      `${name} does not belong to this network: ${wrong[0]}` +
        `${wrong.length > 1 ? `, and ${wrong.length - 1} more differ` : ''}. Give the .prototxt it was trained with.`,
      { file: name },
    );
  }
  return { weights, asIs };
}

/** Whether one shape is the other written otherwise: an old file's four axes, or the rows of an inner product as a convolution's kernels. */
function isReshape(held: readonly number[], wanted: readonly number[]): boolean {
  if (sameShape(held, wanted)) return true;
  const rows = (shape: readonly number[]) => shape.find((length) => length !== 1);
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  return count(held) === count(wanted) && rows(held) === rows(wanted);
}
