// How long one direction of one layer takes on the backend 'webgpu'.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { PlacedLayer } from '../../nets/place-layers';
import { hwioFromCaffe } from '../layout';
import { tensorShape } from '../layers/axes';
import { layerOps } from '../layers/registry';
import type { Parameter } from '../parameters';
import { updateParameter } from '../solver-update';
import { drawValues } from './run-kernel';

export type Direction = 'forward' | 'data gradient' | 'weight gradient' | 'update';

const rates = { solver: 'SGD', learningRate: 0.01, momentum: 0.9, weightDecay: 0.0005, step: 0 } as const;

/** Resolves when all that was queued is done. */
async function finish(): Promise<void> {
  const backend = tf.backend() as WebGPUBackend;
  const { commandEncoder } = backend as unknown as { commandEncoder: GPUCommandEncoder | null };
  if (commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await backend.device.queue.onSubmittedWorkDone();
}

const draw = (shape: readonly number[], stream: string) => tf.tensor(drawValues(shape, stream), [...shape]);

/** A layer's tensors, made once and used for every run; 'update' is the solver's step for its first parameter. */
export function prepareLayer(placed: PlacedLayer, direction: Direction) {
  const { layer, parameters, ...shapes } = placed;
  const images = direction === 'update' ? { bottoms: [], tops: [] } : shapes;
  const inputs = images.bottoms.map((shape, i) => draw(tensorShape(shape), `x${i}`) as tf.Tensor4D);
  const dTops = images.tops.map((shape, i) => draw(tensorShape(shape), `dy${i}`) as tf.Tensor4D);
  const weights = parameters.map((shape, i) => {
    if (layer.type !== 'Convolution' || i !== 0) return draw(shape, `w${i}`);
    const blob = hwioFromCaffe({ shape: [...shape], data: drawValues(shape, 'w') });
    return tf.tensor(blob.data, [...blob.shape]);
  });
  const ops = layerOps(layer);
  const pass = { training: true, seed: 1, step: 0, labels: null };
  const forward = () => ops.forward(layer, inputs, weights, pass, shapes);
  const gradientNeeds = direction === 'data gradient' || direction === 'weight gradient';
  const { tops, extra = [] } = gradientNeeds ? forward() : { tops: [] };
  const wants = {
    bottoms: shapes.bottoms.map(() => direction === 'data gradient'),
    params: direction === 'weight gradient',
  };
  const updated: Parameter | null =
    direction === 'update'
      ? { name: '', hwio: true, value: weights[0]!.clone(), history: [], lrMult: 1, decayMult: 1 }
      : null;
  const gradient = updated && draw(updated.value.shape, 'gradient');
  const once = () => {
    if (updated) {
      updateParameter(updated, gradient!, rates);
      return;
    }
    const made =
      direction === 'forward'
        ? forward()
        : ops.backward(layer, { bottoms: inputs, tops, extra, shapes }, dTops, weights, wants);
    const tensors =
      'tops' in made ? [...made.tops, ...(made.extra ?? [])] : [...made.bottoms, ...made.params];
    tensors.forEach((tensor) => tensor?.dispose());
  };
  return {
    /** Seconds of one run. */
    async time(): Promise<number> {
      await finish();
      const start = performance.now();
      once();
      await finish();
      return (performance.now() - start) / 1000;
    },
    dispose() {
      tf.dispose([...inputs, ...weights, ...dTops, ...tops, ...extra]);
      tf.dispose([...(updated ? [updated.value, ...updated.history] : []), ...(gradient ? [gradient] : [])]);
    },
  };
}
