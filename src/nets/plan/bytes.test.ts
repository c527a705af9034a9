import { describe, expect, it } from 'vitest';
import { withMultipliers } from '../multipliers';
import { readNetwork } from '../read-network';
import { resizeNetwork } from '../resize-network';
import { zooPrototxt } from '../zoo';
import { planBytes, plainStep, planWithin, type BytesOptions } from './bytes';
import { convolution, layer, loss, networkOf } from './test-graphs';

const GIB = 2 ** 30;
const wide = (id: string) => readNetwork(resizeNetwork(zooPrototxt(id), { width: 1, classes: 12 }));
const at480x360 = (id: string, options: Partial<BytesOptions> = {}) =>
  planBytes(wide(id), [1, 360, 480, 3], { ...plainStep, ...options });

describe('a step at 480 x 360 and full width', () => {
  it('of FCN-8s takes at most 2.2 GiB on WebGPU', () => {
    const { total, weights, solver } = at480x360('fcn-8s');
    expect(total).toBeLessThan(2.2 * GIB);
    // Weights and velocities alone are half of it.
    expect(total).toBeGreaterThan(weights + solver + 0.5 * GIB);
    expect(weights / 2 ** 20).toBeCloseTo(512, 0);
  });

  it('of FCN-AlexNet takes at most 0.72 GiB on WebGPU', () => {
    const { total, weights, at } = at480x360('fcn-alexnet');
    expect(total).toBeLessThan(0.72 * GIB);
    expect(weights / 2 ** 20).toBeCloseTo(217, 0);
    // Its gradient is the largest tensor beside the weights themselves.
    expect(at).toBe('fc6, backward');
  });

  it('takes a second value of each parameter with Adam, and fits the addresses of WebAssembly', () => {
    const [momentum, adam] = (['SGD', 'Adam'] as const).map((solver) => at480x360('fcn-8s', { solver }));
    expect(adam!.total - momentum!.total).toBe(adam!.solver / 2);
    const wasm = at480x360('fcn-8s', { kernels: 'wasm', solver: 'Adam' });
    expect(wasm.total).toBeLessThan(4 * GIB);
  });

  it('takes less with the first block computed again', () => {
    const [kept, again] = [false, true].map((recompute) => at480x360('fcn-8s', { recompute }).total);
    // conv1_1 and conv1_2 behind their rectifiers, 92 MiB each: research/engines.md counts 185 MiB.
    expect((kept! - again!) / 2 ** 20).toBeCloseTo(187, -1);
  });

  it('is planned so only where it would not fit otherwise', () => {
    const spec = wide('fcn-8s');
    const plan = (limit: number) => planWithin(spec, [1, 360, 480, 3], plainStep, limit);
    expect(plan(2 * GIB).recompute).toBe(false);
    expect(plan(1.7 * GIB).recompute).toBe(true);
    expect(plan(1.7 * GIB).estimate.total).toBeLessThan(1.7 * GIB);
  });
});

it('frozen layers keep no values of the solver, and nothing before them is kept', () => {
  const names = ['conv1_1', 'conv1_2', 'conv2_1', 'conv2_2'];
  const frozen = withMultipliers(
    resizeNetwork(zooPrototxt('fcn-8s'), { width: 1, classes: 12 }),
    Object.fromEntries(names.map((name) => [name, [0, 0].map(() => ({ lrMult: 0, decayMult: 0 }))])),
  );
  const all = at480x360('fcn-8s');
  const some = planBytes(readNetwork(frozen), [1, 360, 480, 3], plainStep);
  expect(some.solver).toBeLessThan(all.solver);
  expect(some.weights).toBe(all.weights);
  // 461 MiB are kept of all blobs, 161 MiB behind conv2_2 (research/engines.md).
  expect((all.activations - some.activations) / 2 ** 20).toBeGreaterThan(250);
});

describe('a small network, counted by hand', () => {
  // 1 x 4 x 4 of 3 channels, 2 of them after the convolution: 192 and 128 bytes.
  const [data, blob] = [192, 128];
  const [weight, bias] = [4 * 2 * 3 * 9, 4 * 2];
  const spec = networkOf([
    convolution('a', 'data', 'a', 2),
    layer('ReLU', 'relu', 'a', 'a'),
    loss('loss', 'a'),
  ]);
  const plan = (options: Partial<BytesOptions> = {}) =>
    planBytes(spec, [1, 4, 4, 3], { ...plainStep, kernels: 'wasm', ...options });

  it('counts parameters, what is kept, gradients and scratch at the peak', () => {
    const held = { weights: weight + bias, solver: weight + bias };
    // When the filter moves: both gradients, and the new filter and velocity beside the old ones. No blob is left but the data and the loss.
    expect(plan()).toMatchObject({
      ...held,
      gradients: weight + bias,
      activations: data + 4,
      scratch: 2 * weight,
      at: 'a, backward',
    });
    // On WebGPU it moves in place. The peak is the loss, which is composed of stock kernels: seven blobs, and eight values for each pixel.
    expect(plan({ kernels: 'webgpu' })).toMatchObject({
      ...held,
      gradients: 0,
      activations: data + 2 * blob + 4,
      scratch: 7 * blob + 8 * 4 * 16,
      at: 'loss, forward',
    });
  });

  it('keeps all gradients where they wait for one another', () => {
    const layers = [convolution('a', 'data', 'a', 2), convolution('b', 'a', 'b', 2), loss('loss', 'b')];
    const one = weight + bias;
    const all = one + 4 * 2 * 2 * 9 + bias;
    const gradients = (options: Partial<BytesOptions>) =>
      planBytes(networkOf(layers), [1, 4, 4, 3], { ...plainStep, kernels: 'wasm', ...options }).gradients;
    expect(gradients({})).toBe(one);
    expect(gradients({ clips: true })).toBeGreaterThanOrEqual(all);
    // A layer's new gradient is beside the sums.
    expect(gradients({ accumulation: 2 })).toBeGreaterThanOrEqual(all + weight);
  });

  it('of a forward pass has weights and blobs alone', () => {
    const { weights, solver, gradients, activations, total } = plan({ purpose: 'scores' });
    expect({ weights, solver, gradients }).toEqual({ weights: weight + bias, solver: 0, gradients: 0 });
    // The rectifier reads one blob and makes another.
    expect(activations).toBe(data + 2 * blob);
    expect(total).toBe(weights + activations);
  });
});
