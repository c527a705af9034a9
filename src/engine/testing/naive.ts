// The layers by their definitions, in float64 and Caffe's order: slow, short, and independent of every backend.
import { canonicalAxis, topShapes } from '../../nets/shapes';
import type { LayerSpec } from '../../nets/spec';
import { makeBlob, mapBlob, valueAt, type Blob } from './blob';
import {
  accuracy,
  innerProduct,
  loss,
  normalizeBatch,
  replaced,
  scaleOrBias,
  softmax,
  type Naive,
} from './naive-values';
import { convolve, deconvolve, normalize, pool } from './naive-windows';

const scalar = (value: number): Blob => ({ shape: [], data: Float64Array.of(value) });

export interface NaiveOptions {
  /** True where nothing is said. */
  training?: boolean;
  labels?: Uint8Array;
}

/** A layer's tops in training, or outside it. `params` are in Caffe's order and layout; labels are no bottom. */
export function naiveForward(
  spec: LayerSpec,
  bottoms: Blob[],
  params: Blob[],
  { training = true, labels = new Uint8Array() }: NaiveOptions = {},
): Naive {
  const x = bottoms[0]!;
  const shapes = topShapes(
    spec,
    bottoms.map(({ shape }) => shape),
  );
  const top = shapes[0]!;
  const each = (value: (v: number) => number): Naive => ({ tops: [mapBlob(x, value)] });
  const one = (blob: Blob): Naive => ({ tops: [blob] });
  switch (spec.type) {
    case 'Convolution':
      return one(convolve(spec, x, params, top));
    case 'Deconvolution':
      return one(deconvolve(spec, x, params, top));
    case 'InnerProduct':
      return one(innerProduct(spec, x, params, top));
    case 'Pooling':
      return one(pool(spec, x, top));
    case 'LRN':
      return one(normalize(spec, x));
    case 'ReLU':
      return each((v) => (v > 0 ? v : v * spec.negativeSlope));
    case 'PReLU':
      return one(
        makeBlob(x.shape, (index) => {
          const v = valueAt(x, index);
          return v > 0 ? v : v * params[0]!.data[spec.channelShared ? 0 : index[1]!]!;
        }),
      );
    case 'ELU':
      return each((v) => (v > 0 ? v : spec.alpha * (Math.exp(v) - 1)));
    case 'Sigmoid':
      return each((v) => 1 / (1 + Math.exp(-v)));
    case 'TanH':
      return each(Math.tanh);
    case 'Power':
      return each((v) => (spec.shift + spec.scale * v) ** spec.power);
    case 'BatchNorm':
      return normalizeBatch(spec, x, params, training);
    case 'Scale':
    case 'Bias':
      return one(scaleOrBias(spec, bottoms, params));
    case 'Eltwise':
      return one(
        mapBlob(x, (_, i) => {
          const values = bottoms.map(({ data }, k) => data[i]! * (spec.coefficients[k] ?? 1));
          if (spec.operation === 'MAX') return Math.max(...values);
          return values.reduce((a, b) => (spec.operation === 'PROD' ? a * b : a + b));
        }),
      );
    case 'Concat': {
      const axis = canonicalAxis(spec.axis, top.length);
      return one(
        makeBlob(top, (index) => {
          let at = index[axis]!;
          const from = bottoms.find(({ shape }) => at < shape[axis]! || ((at -= shape[axis]!), false))!;
          return valueAt(from, replaced(index, axis, at));
        }),
      );
    }
    case 'Slice': {
      const axis = canonicalAxis(spec.axis, x.shape.length);
      let begin = 0;
      const tops = shapes.map((shape) => {
        const first = begin;
        begin += shape[axis]!;
        return makeBlob(shape, (index) => valueAt(x, replaced(index, axis, first + index[axis]!)));
      });
      return { tops };
    }
    case 'Split':
      return { tops: shapes.map(() => x) };
    case 'Crop': {
      const first = canonicalAxis(spec.axis, x.shape.length);
      const from = (axis: number) =>
        axis < first ? 0 : (spec.offset[spec.offset.length > 1 ? axis - first : 0] ?? 0);
      return one(
        makeBlob(top, (index) =>
          valueAt(
            x,
            index.map((at, axis) => at + from(axis)),
          ),
        ),
      );
    }
    case 'Flatten':
    case 'Reshape':
      return one({ shape: top, data: x.data });
    case 'Silence':
      return { tops: [] };
    case 'Softmax':
      return one(softmax(x, canonicalAxis(spec.axis, x.shape.length)));
    case 'SoftmaxWithLoss':
      return one(scalar(loss(spec, x, labels)));
    case 'Accuracy':
      return one(scalar(accuracy(spec, x, labels)));
    case 'Dropout':
      throw new Error('Dropout is random');
  }
}
