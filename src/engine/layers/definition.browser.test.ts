// Every layer against its definition on every backend: forward by value, backward by the definition's directional derivative.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNormal, randomUniform } from '../../core/random';
import { crossEntropy } from '../../nets/objective';
import { readNetwork } from '../../nets/read-network';
import { parameterShapes } from '../../nets/shapes';
import type { LayerSpec } from '../../nets/spec';
import { chooseBackend } from '../devices';
import { sizeOf, type Blob } from '../testing/blob';
import { relativeError } from '../testing/close';
import { everyBackend } from '../testing/every-backend';
import { naiveForward, type NaiveOptions } from '../testing/naive';
import { runLayer } from '../testing/run-layer';
import { cases } from './definition-cases';
import { layerOps } from './registry';

/** Numbers that float32 holds exactly, so that both sides begin with the same ones. */
const draw = (shape: readonly number[], stream: string): Blob => ({
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(randomNormal(1, stream, i))),
});

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);

function parse(layer: string, bottoms = 1, tops = 1): LayerSpec {
  const lines = (what: string, count: number, name: string) =>
    Array.from({ length: count }, (_, i) => `${what}: "${name}${i}"`).join(' ');
  const inputs = lines('input', bottoms, 'x');
  const ends = `${lines('bottom', bottoms, 'x')} ${lines('top', tops, 'y')}`;
  return readNetwork(`${inputs} layer { name: "l" ${layer} ${ends} }`).layers[0]!;
}

/** A label for each place with scores: some void, where the layer ignores such. */
function drawLabels(count: number, classes: number, ignores: boolean): Uint8Array {
  const draw = (i: number) => Math.floor(randomUniform(1, 'label', i) * (ignores ? classes + 1 : classes));
  return Uint8Array.from({ length: count }, (_, i) => (draw(i) === classes ? 255 : draw(i)));
}

/** The rate at which <dy, tops> changes along a direction of one of the inputs, by central differences in float64. */
function derivative(
  spec: LayerSpec,
  inputs: Blob[],
  bottoms: number,
  which: number,
  direction: Float64Array,
  dTops: (Float64Array | null)[],
  options: NaiveOptions,
): number {
  const step = 1e-6;
  const moved = (sign: number) => {
    const blobs = inputs.map((input, i) =>
      i === which ? { ...input, data: input.data.map((v, k) => v + sign * step * direction[k]!) } : input,
    );
    const { tops } = naiveForward(spec, blobs.slice(0, bottoms), blobs.slice(bottoms), options);
    return tops.reduce((sum, { data }, i) => sum + (dTops[i] ? dot(data, dTops[i]) : 0), 0);
  };
  return (moved(1) - moved(-1)) / (2 * step);
}

const named = cases.map((entry) => [entry.what, entry] as const);

describe.each(everyBackend)('on %s', (_name, choose) => {
  beforeAll(choose);

  it.each(named)('%s is what its definition says', async (_what, entry) => {
    const { layer, bottoms, tops, training, unread, objective } = entry;
    const isLabelled = /type: "(SoftmaxWithLoss|Accuracy)"/.test(layer);
    const parsed = parse(layer, bottoms.length + (isLabelled ? 1 : 0), tops);
    const spec =
      parsed.type === 'SoftmaxWithLoss' && objective
        ? { ...parsed, objective: { ...crossEntropy, ...objective } }
        : parsed;
    const axis = 'axis' in spec ? spec.axis : 1;
    const blobs = bottoms.map((shape, i) => draw(shape, `x${i}`));
    const params = parameterShapes(
      spec,
      spec.bottoms.map((_, i) => bottoms[i] ?? []),
    ).map((shape, i) => {
      const blob = draw(shape, `param ${i}`);
      // Sums of variances are not negative.
      return spec.type === 'BatchNorm'
        ? { shape, data: blob.data.map((v) => Math.fround(Math.abs(v) + 0.5)) }
        : blob;
    });
    const classes = bottoms[0]!.at(axis)!;
    const labels = drawLabels(
      blobs[0]!.data.length / classes,
      classes,
      'ignoreLabel' in spec && spec.ignoreLabel !== null,
    );
    const options = { training, ...(isLabelled ? { labels } : {}) };
    const expected = naiveForward(spec, blobs, params, options);
    const isLoss = spec.type === 'SoftmaxWithLoss';
    const dTops = expected.tops.map(({ shape }, i) => {
      if (isLoss) return Float64Array.of(1);
      return unread === i ? null : draw(shape, `dy${i}`).data;
    });

    const found = await runLayer(spec, {
      bottoms: isLabelled ? [...blobs, null] : blobs,
      params,
      ...options,
      ...(isLoss ? {} : { dTops }),
    });
    expect(found.tops).toHaveLength(expected.tops.length);
    for (const [i, top] of expected.tops.entries())
      expect(relativeError(found.tops[i]!, top.data), `top ${i}`).toBeLessThan(1e-5);
    expect(found.moved).toHaveLength(expected.params?.length ?? 0);
    for (const [i, param] of (expected.params ?? []).entries())
      expect(relativeError(found.moved[i]!, param.data), `new blob ${i}`).toBeLessThan(1e-5);

    if (spec.type === 'Accuracy' || spec.type === 'Silence') return;
    // BatchNorm's blobs have no gradient.
    expect(found.dParams).toHaveLength(spec.type === 'BatchNorm' ? 0 : params.length);
    const gradients = [...found.dBottoms.slice(0, blobs.length), ...found.dParams];
    for (const [i, maybe] of gradients.entries()) {
      const inputs = [...blobs, ...params];
      const gradient = maybe ?? new Float32Array(inputs[i]!.data.length);
      expect(gradient).toHaveLength(inputs[i]!.data.length);
      const direction = draw([gradient.length], `direction ${i}`).data;
      const slope = derivative(spec, inputs, blobs.length, i, direction, dTops, options);
      const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction)) || 1;
      const error = Math.abs(dot(gradient, direction) - slope) / scale;
      expect(error, `gradient of ${i < blobs.length ? 'bottom' : 'blob'} ${i}`).toBeLessThan(1e-4);
    }
  });

  it('the maximum gives a tie between the first two to the second, and a later one to the earlier', async () => {
    const spec = parse('type: "Eltwise" eltwise_param { operation: MAX }', 3);
    const blob = (...data: number[]) => ({ shape: [1, data.length], data: Float64Array.from(data) });
    const { tops, dBottoms } = await runLayer(spec, {
      bottoms: [blob(1, 2, 0, 3), blob(1, 0, 4, 3), blob(0, 2, 4, 3)],
      dTops: [[1, 2, 3, 4]],
    });
    expect(tops[0]).toEqual(Float32Array.of(1, 2, 4, 3));
    expect(dBottoms).toEqual(
      [[0, 2, 0, 0], [1, 0, 3, 4], [0, 0, 0, 0]].map((row) => Float32Array.from(row)), // prettier-ignore
    );
  });

  it('a score that equals the label’s own counts as better', async () => {
    const run = async (topK: number) => {
      const spec = parse(`type: "Accuracy" accuracy_param { top_k: ${topK} }`, 2);
      const scores = { shape: [2, 3], data: [1, 1, 0, 0, 2, 1] };
      const { tops } = await runLayer(spec, { bottoms: [scores, null], labels: Uint8Array.of(0, 1) });
      return tops[0]![0];
    };
    expect(await run(1)).toBe(0.5);
    expect(await run(2)).toBe(1);
  });

  it('nothing is divided by a BatchNorm factor of 0', async () => {
    const spec = parse('type: "BatchNorm" batch_norm_param { use_global_stats: true eps: 0.25 }');
    const zeros = (...shape: number[]) => ({ shape, data: new Float64Array(sizeOf(shape)) });
    const { tops } = await runLayer(spec, {
      bottoms: [{ shape: [1, 2], data: [1, -3] }],
      params: [zeros(2), zeros(2), zeros(1)],
      dTops: [[1, 1]],
    });
    expect([...tops[0]!].map((value) => value.toFixed(5))).toEqual(['2.00000', '-6.00000']);
  });
});

describe('dropout on wasm', () => {
  const spec = parse('type: "Dropout" dropout_param { dropout_ratio: 0.25 }');
  const shapes = { bottoms: [[1, 10, 40, 50]], tops: [[1, 10, 40, 50]] };
  const run = async (training: boolean, step: number) => {
    await chooseBackend('wasm');
    const x = tf.ones<tf.Rank.R4>([1, 40, 50, 10]);
    const pass = { training, seed: 9, step, labels: null };
    const { tops, extra = [] } = layerOps(spec).forward(spec, [x], [], pass, shapes);
    const values = (await tops[0]!.data()) as Float32Array;
    tf.dispose([x, ...tops, ...extra]);
    return values;
  };

  it('drops its share, scales the rest, and depends on the step alone', async () => {
    const values = await run(true, 3);
    const kept = values.filter((value) => value !== 0);
    expect(kept.length / values.length).toBeCloseTo(0.75, 1);
    expect(kept.every((value) => value === Math.fround(1 / 0.75))).toBe(true);
    expect(await run(true, 3)).toEqual(values);
    expect(await run(true, 4)).not.toEqual(values);
  });

  it('does nothing outside training', async () => {
    expect((await run(false, 3)).every((value) => value === 1)).toBe(true);
  });
});
