// A model as one .safetensors file: the weights, and in its metadata the network, the classes and what images are scaled to.
import { AppError } from '../core/errors';
import type { LabelClass, Size } from '../data/types';
import { readNetwork } from '../nets/read-network';
import { classCount, fitToWeights } from '../nets/resize-network';
import { expectedShapes } from '../nets/shapes';
import { readWeightFile, writeWeightFile } from '../nets/weight-file';
import type { WeightSet } from '../nets/weights';
import type { ModelInfo } from '../training/types';

const KEY = 'intarsia';

export function writeModelFile(weights: WeightSet, info: ModelInfo): Uint8Array<ArrayBuffer> {
  return writeWeightFile(weights, { [KEY]: JSON.stringify(info) });
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
  const { weights, metadata } = readWeightFile(bytes, name);
  let told: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(metadata.get(KEY) ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) told = parsed as Record<string, unknown>;
  } catch {
    throw new AppError('bad-weights', `${name} has metadata that are not JSON. Save the model again.`, {
      file: name,
    });
  }
  const own = typeof told['prototxt'] === 'string' ? told['prototxt'] : null;
  const network = prototxt === null ? own : fitToWeights(prototxt, weights);
  if (network === null) {
    throw new AppError(
      'bad-weights',
      `${name} does not say which network its weights belong to. Give its .prototxt together with it.`,
      { file: name },
    );
  }
  const spec = readNetwork(network);
  const wrong = [...expectedShapes(spec)].filter(
    ([blob, shape]) => weights.get(blob)?.shape.join() !== shape.join(),
  );
  if (wrong.length) {
    const [blob, shape] = wrong[0]!;
    const found = weights.get(blob)?.shape.join(' x ') ?? 'missing';
    throw new AppError(
      'bad-weights',
      `${name} does not belong to this network: ${blob} should be ${shape.join(' x ')} and is ${found}` +
        `${wrong.length > 1 ? `, and ${wrong.length - 1} more differ` : ''}. Give the .prototxt it was trained with.`,
      { file: name },
    );
  }
  const count = classCount(spec);
  const classes = Array.isArray(told['classes']) && told['classes'].every(isClass) ? told['classes'] : [];
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    name: typeof told['name'] === 'string' ? told['name'] : name.replace(/\.safetensors$/i, ''),
    prototxt: network,
    classes: classes.length === count ? classes : Array.from({ length: count }, (_, id) => namelessClass(id)),
    voidClass: isClass(told['voidClass']) ? told['voidClass'] : null,
    scale: isSize(told['scale']) ? { width: told['scale'].width, height: told['scale'].height } : null,
    epoch: number(told['epoch']),
    pixelAccuracy: number(told['pixelAccuracy']),
    meanIoU: number(told['meanIoU']),
  };
}
