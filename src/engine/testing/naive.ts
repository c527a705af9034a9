// The layers by their definitions, in float64 and N x C x H x W: slow, short, and independent of every backend.
import { convolvedLength, deconvolvedLength, pooledLength } from '../../nets/shapes';
import type { ConvolutionSpec, LayerSpec, LrnSpec, PoolingSpec } from '../../nets/spec';

export interface Blob {
  shape: [number, number, number, number];
  data: Float64Array;
}

type Shape4D = Blob['shape'];

const blob = (shape: Shape4D): Blob => ({ shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) });

const at = ([, c, h, w]: Shape4D, n: number, k: number, y: number, x: number) =>
  ((n * c + k) * h + y) * w + x;

/** Every index of a shape. */
function each([n, c, h, w]: Shape4D, visit: (n: number, k: number, y: number, x: number) => void): void {
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++) for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) visit(i, k, y, x);
}

function convolve(spec: ConvolutionSpec, x: Blob, weight: Blob, bias: Float64Array | null): Blob {
  const { stride, pad, dilation, kernel, group, numOutput } = spec;
  const length = (input: number, a: 0 | 1) =>
    convolvedLength(input, kernel[a], stride[a], pad[a], dilation[a]);
  const out = blob([x.shape[0], numOutput, length(x.shape[2], 0), length(x.shape[3], 1)]);
  const perGroup = x.shape[1] / group;
  each(out.shape, (n, o, y, w) => {
    let sum = bias ? bias[o]! : 0;
    const first = Math.floor(o / (numOutput / group)) * perGroup;
    each([1, perGroup, kernel[0], kernel[1]], (_, i, r, s) => {
      const h = y * stride[0] - pad[0] + r * dilation[0];
      const v = w * stride[1] - pad[1] + s * dilation[1];
      if (h < 0 || v < 0 || h >= x.shape[2] || v >= x.shape[3]) return;
      sum += x.data[at(x.shape, n, first + i, h, v)]! * weight.data[at(weight.shape, o, i, r, s)]!;
    });
    out.data[at(out.shape, n, o, y, w)] = sum;
  });
  return out;
}

function deconvolve(spec: ConvolutionSpec, x: Blob, weight: Blob): Blob {
  const { stride, pad, kernel, group, numOutput } = spec;
  const length = (input: number, a: 0 | 1) => deconvolvedLength(input, kernel[a], stride[a], pad[a], 1);
  const out = blob([x.shape[0], numOutput, length(x.shape[2], 0), length(x.shape[3], 1)]);
  const perGroup = numOutput / group;
  each(x.shape, (n, i, y, w) => {
    const first = Math.floor(i / (x.shape[1] / group)) * perGroup;
    each([1, perGroup, kernel[0], kernel[1]], (_, o, r, s) => {
      const h = y * stride[0] - pad[0] + r;
      const v = w * stride[1] - pad[1] + s;
      if (h < 0 || v < 0 || h >= out.shape[2] || v >= out.shape[3]) return;
      out.data[at(out.shape, n, first + o, h, v)]! +=
        x.data[at(x.shape, n, i, y, w)]! * weight.data[at(weight.shape, i, o, r, s)]!;
    });
  });
  return out;
}

function pool({ kernel, stride, pad }: PoolingSpec, x: Blob): Blob {
  const length = (input: number, a: 0 | 1) => pooledLength(input, kernel[a], stride[a], pad[a]);
  const out = blob([x.shape[0], x.shape[1], length(x.shape[2], 0), length(x.shape[3], 1)]);
  each(out.shape, (n, k, y, w) => {
    let max = -Infinity;
    each([1, 1, kernel[0], kernel[1]], (_n, _k, r, s) => {
      const h = y * stride[0] - pad[0] + r;
      const v = w * stride[1] - pad[1] + s;
      if (h < 0 || v < 0 || h >= x.shape[2] || v >= x.shape[3]) return;
      max = Math.max(max, x.data[at(x.shape, n, k, h, v)]!);
    });
    out.data[at(out.shape, n, k, y, w)] = max;
  });
  return out;
}

function normalize({ localSize, alpha, beta, k: bias }: LrnSpec, x: Blob): Blob {
  const out = blob(x.shape);
  const radius = (localSize - 1) / 2;
  each(x.shape, (n, k, y, w) => {
    let sum = 0;
    for (let c = Math.max(0, k - radius); c <= Math.min(x.shape[1] - 1, k + radius); c++) {
      sum += x.data[at(x.shape, n, c, y, w)]! ** 2;
    }
    out.data[at(x.shape, n, k, y, w)] =
      x.data[at(x.shape, n, k, y, w)]! / (bias + (alpha / localSize) * sum) ** beta;
  });
  return out;
}

/** The layer's top. `params` are in Caffe's order and layout, a bias as 1 x O x 1 x 1. */
export function naiveForward(spec: LayerSpec, x: Blob, params: Blob[]): Blob {
  switch (spec.type) {
    case 'Convolution':
      return convolve(spec, x, params[0]!, params[1]?.data ?? null);
    case 'Deconvolution':
      return deconvolve(spec, x, params[0]!);
    case 'Pooling':
      return pool(spec, x);
    case 'LRN':
      return normalize(spec, x);
    case 'ReLU':
      return { shape: x.shape, data: x.data.map((v) => (v > 0 ? v : v * spec.negativeSlope)) };
    case 'Power':
      return { shape: x.shape, data: x.data.map((v) => spec.shift + spec.scale * v) };
    case 'Crop': {
      // The second input only lends its size.
      const like = params[0]!.shape;
      const out = blob([x.shape[0], x.shape[1], like[2], like[3]]);
      const offset = spec.offset[0] ?? 0;
      each(out.shape, (n, k, y, v) => {
        out.data[at(out.shape, n, k, y, v)] = x.data[at(x.shape, n, k, y + offset, v + offset)]!;
      });
      return out;
    }
    default:
      throw new Error(`${spec.type} has no naive form`);
  }
}

/** Mean cross-entropy over the pixels whose label is not 255, N x C x H x W scores. */
export function naiveLoss(x: Blob, labels: Uint8Array): number {
  const [n, c, h, w] = x.shape;
  let sum = 0;
  let count = 0;
  each([n, 1, h, w], (i, _k, y, v) => {
    const label = labels[(i * h + y) * w + v]!;
    if (label === 255) return;
    const scores = Array.from({ length: c }, (_, k) => x.data[at(x.shape, i, k, y, v)]!);
    sum += Math.log(scores.reduce((total, score) => total + Math.exp(score), 0)) - scores[label]!;
    count++;
  });
  return sum / Math.max(1, count);
}
