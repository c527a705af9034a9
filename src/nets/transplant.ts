// Weights of one network into another, blob by blob (fcn surgery.transplant): by name, and where only the shape differs, reshaped.
import { initialWeights } from './fillers';
import { blobOwners, expectedShapes } from './place-layers';
import type { ConvolutionSpec, NetSpec } from './spec';
import type { WeightBlob, WeightSet } from './weights';

/** What became of every blob; names as "conv1/0". A blob that layers share is told once, under its first layer's name. */
export interface TransplantReport {
  copied: string[];
  /** Same name and number of values, another shape: an inner product's weights in a convolution, say. */
  reshaped: string[];
  /** Blobs of the network that the file lacks or has in another size; they start from their fillers. */
  missing: string[];
  /** Blobs of the file that the network has no place for. */
  unused: string[];
  /** Both shapes of every blob whose shape differs: those that were reshaped, and those of `missing` that the file has in another size. */
  shapes?: Record<string, { file: number[]; network: number[] }>;
}

/** Starting weights for `spec`: what fits is taken from `source`, the rest is drawn as at the start of any run. */
export function transplant(
  source: WeightSet,
  spec: NetSpec,
  seed: number,
): { weights: WeightSet; report: TransplantReport } {
  const owners = blobOwners(spec);
  const report: TransplantReport = { copied: [], reshaped: [], missing: [], unused: [], shapes: {} };
  const taken: WeightSet = new Map();
  const expected = expectedShapes(spec);
  for (const [name, shape] of expected) {
    const found = sharedBlob(source, name, owners);
    const data = found && fitted(found, shape, deconvolutionOf(spec, name));
    if (data) taken.set(name, { shape, data });
    const same = found && sameShape(found.shape, shape);
    if (found && !same) report.shapes![name] = { file: [...found.shape], network: [...shape] };
    report[data ? (same ? 'copied' : 'reshaped') : 'missing'].push(name);
  }
  report.unused = [...source.keys()].filter((name) => !owners.has(name));
  const drawn = report.missing.length ? initialWeights(spec, seed, (name) => !taken.has(name)) : taken;
  const weights: WeightSet = new Map(
    [...expected.keys()].map((name) => [name, taken.get(name) ?? drawn.get(name)!]),
  );
  return { weights, report };
}

/** Caffe's files hold a shared blob once for every layer that shares it; any of them will do. */
export function sharedBlob(
  source: WeightSet,
  name: string,
  owners: ReadonlyMap<string, string>,
): WeightBlob | undefined {
  const own = source.get(name);
  if (own) return own;
  for (const [sharer, owner] of owners) {
    const blob = owner === name ? source.get(sharer) : undefined;
    if (blob) return blob;
  }
  return undefined;
}

const trimmed = (shape: readonly number[]) =>
  shape.slice(
    Math.max(
      0,
      shape.findIndex((length) => length !== 1),
    ),
  );

/** Old files have four axes for every blob: 1 x 1 x N x K for the weights of an inner product, 1 x 1 x 1 x N for biases. */
export const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.join() === b.join() || (a.length !== b.length && trimmed(a).join() === trimmed(b).join());

const deconvolutionOf = (spec: NetSpec, name: string) =>
  spec.layers.find(
    (layer): layer is ConvolutionSpec => layer.type === 'Deconvolution' && `${layer.name}/0` === name,
  ) ?? null;

/**
 * A blob's values in another shape; null where they do not fit. A deconvolution that enlarges class by class may be written with groups, or
 * without and with zeros wherever one class would lead to another (Berkeley's); the one becomes the other.
 */
export function fitted(
  { shape, data }: WeightBlob,
  wanted: readonly number[],
  deconvolution: ConvolutionSpec | null,
): Float32Array | null {
  if (data.length === wanted.reduce((a, b) => a * b, 1)) return data;
  if (!deconvolution || shape.length !== 4 || wanted.length !== 4) return null;
  const [channels, perGroup, height, width] = wanted as [number, number, number, number];
  if (shape[0] !== channels || shape[2] !== height || shape[3] !== width) return null;
  const area = height * width;
  if (shape[1] === channels && perGroup === 1) return diagonal(data, channels, area);
  return shape[1] === 1 && perGroup === channels ? spread(data, channels, area) : null;
}

/** The kernels from each class to itself; null where a class leads to another one. */
function diagonal(data: Float32Array, channels: number, area: number): Float32Array | null {
  const kernels = new Float32Array(channels * area);
  for (let at = 0; at < data.length; at++) {
    const pair = Math.floor(at / area);
    const from = Math.floor(pair / channels);
    if (from === pair % channels) kernels[from * area + (at % area)] = data[at]!;
    else if (data[at] !== 0) return null;
  }
  return kernels;
}

function spread(data: Float32Array, channels: number, area: number): Float32Array {
  const all = new Float32Array(channels * channels * area);
  for (let c = 0; c < channels; c++)
    all.set(data.subarray(c * area, (c + 1) * area), (c * channels + c) * area);
  return all;
}
