// What a test needs to run a small network.
import { random32, randomUniform } from '../../core/random';
import { expectedShapes } from '../../nets/place-layers';
import type { NetSpec } from '../../nets/spec';
import type { WeightSet } from '../../nets/weights';
import type { LabelBatch, Pass } from '../layers/layer';
import { caffeFromHwio } from '../layout';
import { dataTensor, Network } from '../network';
import { readScalar } from '../read-back';

/** Weights from the seed alone, about as large as a trained network's; statistics of batches start at zero. */
export function someWeights(spec: NetSpec, seed: number): WeightSet {
  const statistics = spec.layers.flatMap(({ type, name }) => (type === 'BatchNorm' ? [`${name}/`] : []));
  return new Map(
    [...expectedShapes(spec)].map(([name, shape]) => {
      const zero = statistics.some((layerName) => name.startsWith(layerName));
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, (_, i) =>
        zero ? 0 : 0.8 * (randomUniform(seed, name, i) - 0.4),
      );
      return [name, { shape, data }];
    }),
  );
}

/** A batch of two images of 9 x 11 with labels of three classes, and some that do not count. */
export function someBatch(seed: number) {
  const [n, h, w] = [2, 9, 11];
  const pixels = Float32Array.from(
    { length: n * h * w * 3 },
    (_, i) => random32(seed, 'pixels', Math.floor(i / 7)) & 63,
  );
  const labels = Uint8Array.from({ length: n * h * w }, (_, i) => {
    const draw = random32(seed, 'labels', i) % 7;
    return draw === 6 ? 255 : draw % 3;
  });
  return { data: dataTensor(pixels, [n, h, w, 3]), labels: { labels }, pixels };
}

export const passOf = (labels: LabelBatch, step = 0): Pass => ({ training: true, seed: 1, step, labels });

/** A network's loss and gradients on a batch, the gradients in Caffe's layout. */
export async function slopes(spec: NetSpec, weights: WeightSet) {
  const network = new Network(spec, weights);
  const { data, labels } = someBatch(1);
  const { loss: total, gradients } = network.gradients(data, passOf(labels));
  const found: WeightSet = new Map();
  for (const [name, gradient] of gradients) {
    const blob = { shape: gradient.shape, data: new Float32Array(await gradient.data<'float32'>()) };
    const { type } = spec.layers.find((of) => name.startsWith(`${of.name}/`))!;
    found.set(name, type === 'Convolution' && name.endsWith('/0') ? caffeFromHwio(blob) : blob);
    gradient.dispose();
  }
  data.dispose();
  network.dispose();
  return { loss: await readScalar(total), gradients: found };
}

/** Weights gone a way in some direction. */
export function moved(weights: WeightSet, direction: WeightSet, by: number): WeightSet {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const way = direction.get(name)?.data;
      return [name, { shape, data: data.map((value, i) => value + by * (way?.[i] ?? 0)) }];
    }),
  );
}
