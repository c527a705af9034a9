// Graphs that are no chains: every kind of edge, shared parameters, several losses, statistics; on every backend.
import { describe, expect, it } from 'vitest';
import { random32 } from '../core/random';
import { aside, convolution, everything, layer, loss, networkOf } from '../nets/plan/test-graphs';
import { chooseBackend } from './devices';
import { dataTensor, Network } from './network';
import { memory, readLabels, readScalar } from './read-back';
import { relativeError } from './testing/close';
import { moved, passOf, slopes, someBatch, someWeights } from './testing/graphs';

const small = layer('Power', 'small', 'data', 'small', 'power_param { scale: 0.02 shift: -0.5 }');
const rates = { solver: 'SGD', learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, step: 0 } as const;

describe.each(['cpu', 'wasm', 'webgl', 'webgpu'] as const)('on %s', (backend) => {
  it('a graph with every kind of edge has gradients that are the slopes of its loss', async () => {
    const spec = networkOf(everything());
    const weights = someWeights(spec, 3);
    await chooseBackend('wasm');
    const other = await slopes(spec, weights);
    await chooseBackend(backend);
    const { gradients } = await slopes(spec, weights);
    const learned = [...weights.keys()].filter((blob) => !blob.startsWith('bn1'));
    expect([...gradients.keys()].sort()).toEqual(learned.sort());
    for (const blob of learned) {
      // The statistics of a batch leave nothing of a bias before them.
      if (blob === 'conv1/1') continue;
      expect(relativeError(gradients.get(blob)!.data, other.gradients.get(blob)!.data), blob).toBeLessThan(
        1e-4,
      );
    }
    // All at once, and where it is cheap each by itself.
    for (const blob of [null, ...(backend === 'wasm' ? learned : [])]) {
      const chosen = [...gradients].filter(([name]) => blob === null || name === blob);
      const signs = new Map(
        chosen.map(([name, { shape, data }]) => [
          name,
          { shape, data: data.map((_, i) => (random32(9, name, i) & 1 ? 1 : -1)) },
        ]),
      );
      const by = 2 ** -9;
      const [up, down] = [
        await slopes(spec, moved(weights, signs, by)),
        await slopes(spec, moved(weights, signs, -by)),
      ];
      const all = chosen.flatMap(([name, { data }]) =>
        [...data].map((value, i) => [value, signs.get(name)!.data[i]!] as const),
      );
      const found = all.reduce((sum, [value, sign]) => sum + value * sign, 0);
      const error = Math.abs((up.loss - down.loss) / (2 * by) - found);
      const norm = Math.hypot(...all.map(([value]) => value));
      expect(error, blob ?? 'all').toBeLessThan(5e-3 * norm + 1e-4);
    }
  });

  it('a loss that upsamples its scores gives what layer after layer gives', async () => {
    await chooseBackend(backend);
    const upsampled = (lrMult: number) =>
      networkOf([
        small,
        convolution('conv', 'small', 'conv', 4),
        layer('Pooling', 'pool', 'conv', 'pool', 'pooling_param { kernel_size: 2 stride: 2 }'),
        convolution('coarse', 'pool', 'coarse', 3),
        layer(
          'Deconvolution',
          'up',
          'coarse',
          'up',
          `convolution_param { num_output: 3 group: 3 kernel_size: 5 stride: 2 bias_term: false } param { lr_mult: ${lrMult} }`,
        ),
        layer('Crop', 'score', 'up data', 'score', 'crop_param { axis: 2 offset: 1 }'),
        loss('loss', 'score', 'loss_weight: 2'),
      ]);
    const weights = someWeights(upsampled(0), 4);
    // An upsampling that learns stays a layer of its own.
    const [fused, apart] = [await slopes(upsampled(0), weights), await slopes(upsampled(1), weights)];
    expect(fused.loss).toBeCloseTo(apart.loss, 5);
    expect([...fused.gradients.keys()]).toEqual(
      [...apart.gradients.keys()].filter((name) => name !== 'up/0'),
    );
    for (const [name, { data }] of fused.gradients)
      expect(relativeError(data, apart.gradients.get(name)!.data), name).toBeLessThan(1e-5);
    const { data, labels } = someBatch(1);
    const found = [];
    for (const lrMult of [0, 1]) {
      const network = new Network(upsampled(lrMult), weights);
      const tested = network.evaluate(data, labels);
      expect(await readScalar(tested.loss)).toBeCloseTo(apart.loss, 5);
      found.push(await readLabels(tested.predictions));
      network.dispose();
    }
    expect(new Set(found[0]).size).toBeGreaterThan(1);
    expect(found[0]).toEqual(found[1]);
    data.dispose();
  });

  it('a loss of a stopped gradient changes nothing before the stop', async () => {
    await chooseBackend(backend);
    const spec = networkOf(everything(aside));
    const weights = someWeights(spec, 3);
    const without = await slopes(networkOf(everything()), weights);
    const { loss, gradients } = await slopes(spec, weights);
    expect(loss).toBeGreaterThan(without.loss + 0.1);
    expect(Math.hypot(...gradients.get('aside/0')!.data)).toBeGreaterThan(1e-3);
    for (const [name, gradient] of without.gradients) expect(gradients.get(name), name).toEqual(gradient);
  });

  it('two losses add up, with their weights', async () => {
    await chooseBackend(backend);
    const base = [small, convolution('conv', 'small', 'conv', 3)];
    const first = loss('first', 'conv');
    const second = [convolution('more', 'conv', 'more', 3), loss('second', 'more', 'loss_weight: 0.3')];
    const both = networkOf([...base, first, ...second]);
    const weights = someWeights(both, 2);
    const sum = await slopes(both, weights);
    const a = await slopes(networkOf([...base, first]), weights);
    const b = await slopes(networkOf([...base, ...second]), weights);
    expect(sum.loss).toBeCloseTo(a.loss + b.loss, 5);
    const added = a.gradients.get('conv/0')!.data.map((v, i) => v + b.gradients.get('conv/0')!.data[i]!);
    expect(relativeError(sum.gradients.get('conv/0')!.data, added)).toBeLessThan(1e-5);
    expect(sum.gradients.get('more/0')).toEqual(b.gradients.get('more/0'));
  });

  it('shared weights have the gradients of all their users, and move once, at their first user’s rate', async () => {
    await chooseBackend(backend);
    const twins = (names: readonly [string, string]) =>
      networkOf([
        small,
        layer('Power', 'turned', 'small', 'turned', 'power_param { scale: -1 shift: 0.2 }'),
        convolution('left', 'small', 'left', 3, `param { ${names[0]} lr_mult: 2 decay_mult: 3 }`),
        convolution('right', 'turned', 'right', 3, `param { ${names[1]} }`),
        layer('Eltwise', 'product', 'left right', 'product', 'eltwise_param { operation: PROD }'),
        loss('loss', 'product'),
      ]);
    const copied = twins(['', '']);
    const shared = twins(['name: "w"', 'name: "w"']);
    const weights = someWeights(copied, 4);
    weights.set('right/0', weights.get('left/0')!);
    const apart = (await slopes(copied, weights)).gradients;
    const together = await slopes(shared, weights);
    expect([...together.gradients.keys()]).not.toContain('right/0');
    const sum = apart.get('left/0')!.data.map((value, i) => value + apart.get('right/0')!.data[i]!);
    expect(relativeError(together.gradients.get('left/0')!.data, sum)).toBeLessThan(1e-5);

    const network = new Network(shared, weights);
    const { data, labels } = someBatch(1);
    network.trainStep(data, passOf(labels), rates).loss.dispose();
    data.dispose();
    const after = await network.weights();
    network.dispose();
    const { learningRate, weightDecay } = rates;
    const before = weights.get('left/0')!.data;
    const expected = before.map((w, i) => w - 2 * learningRate * (sum[i]! + 3 * weightDecay * w));
    expect(relativeError(after.get('left/0')!.data, expected)).toBeLessThan(1e-5);
    expect([...after.keys()]).not.toContain('right/0');
  });

  it('layers that work in place give what layers with blobs of their own give, to the bit', async () => {
    await chooseBackend(backend);
    const chain = (tops: readonly string[]) =>
      networkOf([
        small,
        convolution('conv', 'small', 'x', 4),
        layer('TanH', 'tanh', 'x', tops[0]!),
        layer('Scale', 'scale', tops[0]!, tops[1]!, 'scale_param { bias_term: true }'),
        layer('ReLU', 'relu', tops[1]!, tops[2]!),
        layer('Dropout', 'drop', tops[2]!, tops[3]!),
        convolution('score', tops[3]!, 'score', 3),
        loss('loss', 'score'),
      ]);
    const spec = chain(['x', 'x', 'x', 'x']);
    const weights = someWeights(spec, 5);
    const own = await slopes(chain(['a', 'b', 'c', 'd']), weights);
    const inPlace = await slopes(spec, weights);
    expect(inPlace).toEqual(own);
    expect(inPlace.gradients.has('conv/0')).toBe(true);
  });

  it('BatchNorm’s sums are those of the steps it was trained for, and nothing else moves them', async () => {
    await chooseBackend(backend);
    const spec = networkOf([
      small,
      layer('BatchNorm', 'bn', 'small', 'bn', 'batch_norm_param { moving_average_fraction: 0.9 }'),
      convolution('score', 'bn', 'score', 3),
      loss('loss', 'score'),
    ]);
    const network = new Network(spec, someWeights(spec, 6));
    const sums = { mean: [0, 0, 0], variance: [0, 0, 0], factor: 0 };
    for (let step = 0; step < 3; step++) {
      const { data, labels, pixels } = someBatch(step);
      const { loss: between, gradients } = network.gradients(data, passOf(labels, step));
      [between, ...gradients.values()].forEach((tensor) => tensor.dispose());
      const tested = network.evaluate(data, labels);
      [tested.loss, tested.predictions].forEach((tensor) => tensor.dispose());
      network.trainStep(data, passOf(labels, step), rates).loss.dispose();
      data.dispose();
      const count = pixels.length / 3;
      for (const channel of [0, 1, 2]) {
        const values = [...pixels].filter((_, i) => i % 3 === channel).map((v) => 0.02 * v - 0.5);
        const mean = values.reduce((a, b) => a + b) / count;
        const unbiased = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count - 1);
        sums.mean[channel] = 0.9 * sums.mean[channel]! + mean;
        sums.variance[channel] = 0.9 * sums.variance[channel]! + unbiased;
      }
      sums.factor = 0.9 * sums.factor + 1;
    }
    const weights = await network.weights();
    expect(relativeError(weights.get('bn/0')!.data, sums.mean)).toBeLessThan(1e-5);
    expect(relativeError(weights.get('bn/1')!.data, sums.variance)).toBeLessThan(1e-5);
    expect(relativeError(weights.get('bn/2')!.data, [sums.factor])).toBeLessThan(1e-6);
    expect([...(await network.history()).keys()].sort()).toEqual(['score/0', 'score/1']);
    network.dispose();
  });

  it('any blob can be looked at, in Caffe’s order, also what a fused crop leaves out', async () => {
    await chooseBackend(backend);
    const spec = networkOf(everything());
    const network = new Network(spec, someWeights(spec, 3));
    const { data } = someBatch(1);
    const before = memory().tensors;
    const [up, score, gate] = [
      await network.blobValues('up', data),
      await network.blobValues('score', data),
      await network.blobValues('gate', data),
    ];
    expect([up.shape, score.shape, gate.shape]).toEqual([
      [2, 3, 12, 14],
      [2, 3, 9, 11],
      [2, 6],
    ]);
    const cut = Array.from({ length: 2 * 3 * 9 * 11 }, (_, i) => {
      const [image, y, x] = [Math.floor(i / 99), Math.floor((i % 99) / 11), i % 11];
      return up.data[image * 12 * 14 + (y + 1) * 14 + x + 1]!;
    });
    expect(relativeError(score.data, cut)).toBeLessThan(1e-5);
    expect(gate.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(network.scoreBlob).toBe('score');
    await expect(network.blobValues('nothing', data)).rejects.toMatchObject({ code: 'not-found' });
    expect(memory().tensors).toBe(before);
    data.dispose();
    network.dispose();
  });
});

describe('a classifier as it is deployed', () => {
  const deploy = `input: "data" input_shape { dim: 1 dim: 3 dim: 9 dim: 11 }
    ${layer('InnerProduct', 'fc', 'data', 'fc', 'inner_product_param { num_output: 4 }')}
    ${layer('Softmax', 'prob', 'fc', 'prob')}`;

  it('scores, and cannot be trained', async () => {
    await chooseBackend('wasm');
    const spec = networkOf(deploy);
    const network = new Network(spec, someWeights(spec, 1));
    const { data, labels } = someBatch(1);
    const scores = network.scores(data);
    expect(scores.shape).toEqual([2, 1, 1, 4]);
    expect(network.scoreBlob).toBe('fc');
    const [fc, prob] = [await network.blobValues('fc', data), await network.blobValues('prob', data)];
    expect(fc).toEqual({ shape: [2, 4], data: await scores.data() });
    expect(prob.data[0]! + prob.data[1]! + prob.data[2]! + prob.data[3]!).toBeCloseTo(1, 5);
    for (const use of [
      () => network.evaluate(data, labels),
      () => network.gradients(data, passOf(labels)),
      () => network.trainStep(data, passOf(labels), rates),
    ]) {
      expect(use).toThrow(/^Line 4: the last layer is "prob" \(Softmax\)\. To be trained/);
    }
    [data, scores].forEach((tensor) => tensor.dispose());
    network.dispose();
  });

  it('says that another size of image needs other weights', async () => {
    await chooseBackend('wasm');
    const spec = networkOf(deploy);
    const network = new Network(spec, someWeights(spec, 1));
    const data = dataTensor(new Float32Array(300), [1, 10, 10, 3]);
    expect(() => network.scores(data)).toThrow(/"fc" needs weights of 4 x 300 .* it has 4 x 297/);
    data.dispose();
    network.dispose();
  });
});

describe('training on any graph', () => {
  /** Losses, numbers of tensors and final weights. */
  async function run(steps: number) {
    const spec = networkOf(everything(aside));
    const network = new Network(spec, someWeights(spec, 3));
    const [losses, tensors]: [number[], number[]] = [[], []];
    for (let step = 0; step < steps; step++) {
      const { data, labels } = someBatch(step % 3);
      losses.push(await readScalar(network.trainStep(data, passOf(labels, step), rates).loss));
      data.dispose();
      tensors.push(memory().tensors);
    }
    const weights = await network.weights();
    network.dispose();
    return { losses, tensors, weights };
  }

  it.each(['wasm', 'webgpu'] as const)('gives the same bits twice on %s', async (backend) => {
    await chooseBackend(backend);
    expect(await run(3)).toEqual(await run(3));
  });

  it('learns, and has no tensor more after 50 steps than after 5', async () => {
    await chooseBackend('wasm');
    const before = memory().tensors;
    const { tensors, losses } = await run(50);
    expect(tensors[49]).toBe(tensors[4]);
    expect(memory().tensors).toBe(before);
    expect(losses[49]).toBeLessThan(losses[0]!);
  });
});
