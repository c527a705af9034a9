// Runs one layer forward and backward on the backend at hand, with blobs in Caffe's order on both sides.
import * as tf from '@tensorflow/tfjs';
import { keeps } from '../../nets/plan/kept';
import { topShapes } from '../../nets/shapes';
import type { LayerSpec } from '../../nets/spec';
import { caffeFromHwio, hwioFromCaffe } from '../layout';
import { layerOps } from '../layers/registry';
import { fourAxes } from './blob';
import { nchwFromNhwc, nhwcFromNchw } from './layouts';

type Numbers = ArrayLike<number>;

interface Values {
  shape: readonly number[];
  data: Numbers;
}

export interface LayerInput {
  /** null for the labels. */
  bottoms: (Values | null)[];
  /** In Caffe's layout. */
  params?: Values[];
  /** The gradient of each top; null where none reaches it. Without a list, a loss: its gradient begins there. */
  dTops?: (Numbers | null)[];
  labels?: Uint8Array;
  training?: boolean;
}

export interface LayerOutput {
  tops: Float32Array[];
  /** What the parameters become where the layer changes them itself. */
  moved: Float32Array[];
  dBottoms: (Float32Array | null)[];
  dParams: Float32Array[];
}

export function toTensor({ shape, data }: Values): tf.Tensor4D {
  const nhwc = nhwcFromNchw(data, fourAxes(shape));
  return tf.tensor4d(nhwc.data, nhwc.shape);
}

const fromTensor = async (tensor: tf.Tensor4D) => nchwFromNhwc(await tensor.data(), tensor.shape);

/** @throws Error where the layer leaves tensors behind, or reads what the plan does not keep for it. */
export async function runLayer(
  spec: LayerSpec,
  { bottoms, params = [], dTops, labels, training = true }: LayerInput,
): Promise<LayerOutput> {
  const before = tf.memory().numTensors;
  const ops = layerOps(spec);
  const isHwio = (i: number) => spec.type === 'Convolution' && i === 0;
  const blobShapes = bottoms.map((bottom) => bottom?.shape ?? []);
  const shapes = { bottoms: blobShapes, tops: topShapes(spec, blobShapes) };
  const inputs = bottoms.map((bottom) => bottom && toTensor(bottom));
  const weights = params.map(({ shape, data }, i) => {
    const blob = { shape: [...shape], data: Float32Array.from(data) };
    const laidOut = isHwio(i) ? hwioFromCaffe(blob) : blob;
    return tf.tensor(laidOut.data, [...laidOut.shape]);
  });
  const pass = { training, seed: 1, step: 1, labels: labels ? { labels } : null };
  const { tops, extra = [], params: moved = [] } = ops.forward(spec, inputs, weights, pass, shapes);

  const kept = keeps(spec);
  const saved = {
    bottoms: inputs.map((input) => (kept.bottoms ? input : null)),
    tops: tops.map((top) => (kept.tops ? top : null)),
    extra,
    shapes,
  };
  const gradients = tops.map((_, i) => {
    const data = dTops?.[i];
    return data ? toTensor({ shape: shapes.tops[i]!, data }) : null;
  });
  const wants = { bottoms: inputs.map((input) => input !== null), params: params.length > 0 };
  const { bottoms: dBottoms, params: dParams } = ops.backward(spec, saved, gradients, weights, wants);

  const output: LayerOutput = {
    tops: await Promise.all(tops.map(fromTensor)),
    moved: await Promise.all(moved.map(async (tensor) => (await tensor.data()) as Float32Array)),
    dBottoms: await Promise.all(dBottoms.map(async (tensor) => tensor && (await fromTensor(tensor)))),
    dParams: await Promise.all(
      dParams.map(async (tensor, i) => {
        const blob = { shape: tensor.shape, data: (await tensor.data()) as Float32Array };
        return isHwio(i) ? caffeFromHwio(blob).data : blob.data;
      }),
    ),
  };
  const made = [...inputs, ...weights, ...tops, ...extra, ...moved, ...gradients, ...dBottoms, ...dParams];
  tf.dispose(made.filter((tensor) => tensor !== null));
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`${spec.type} left ${left} tensors behind`);
  return output;
}
