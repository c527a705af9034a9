// A classifier and its convolutional form: the same scores for one window, and for every window of a larger image.
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../engine/devices';
import { memory } from '../engine/read-back';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import { convolutionalize } from '../nets/surgery/convolutionalize';
import { zooPrototxt } from '../nets/zoo';
import { proveSurgery, type ProofRequest } from './surgery-proof';

/** A built-in classifier at a quarter of its width for a window of another size, and its convolutional form. */
function both(id: string, side: number, edit: (prototxt: string) => string = (text) => text) {
  const narrow = resizeNetwork(edit(zooPrototxt(id)), { width: 0.25, classes: null });
  const prototxt = narrow.replace(/dim: 3 dim: \d+ dim: \d+/, `dim: 3 dim: ${side} dim: ${side}`);
  const before = readNetwork(prototxt);
  return {
    before,
    after: readNetwork(convolutionalize(prototxt, null).prototxt),
    weights: initialWeights(before, 3),
    window: { width: side, height: side },
  };
}

const unpadded = (prototxt: string) => prototxt.replace(/^ +pad: \d+\n/gm, '');
const prove = (request: Omit<ProofRequest, 'seconds'>) => proveSurgery({ ...request, seconds: 600 });

describe.each(['cpu', 'wasm', 'webgl', 'webgpu'] as const)('on %s', (backend) => {
  // Windows for which no pooling is cut off at an edge; fc6 sees 2 x 2.
  it.each([
    ['alexnet', 99],
    ['vgg-16', 64],
  ])('%s gives the same scores for a window', { timeout: 300_000 }, async (id, side) => {
    await chooseBackend(backend);
    const networks = both(id, side);
    const proof = await prove({ ...networks, image: networks.window });
    expect(proof.grid).toEqual({ width: 1, height: 1 });
    expect(proof.window.relative).toBeLessThan(1e-5);
    expect(proof.window.largest).toBeLessThan(1e-4);
  });

  it.each([
    ['alexnet', 227, { width: 291, height: 259 }, { width: 3, height: 2 }],
    ['vgg-16', 212, { width: 244, height: 212 }, { width: 2, height: 1 }],
  ])(
    '%s without padding gives every window of an image its scores',
    { timeout: 600_000 },
    async (id, side, image, grid) => {
      await chooseBackend(backend);
      const { tensors } = memory();
      const proof = await prove({ ...both(id, side, unpadded), image });
      expect(proof).toMatchObject({ grid, stride: { width: 32, height: 32 }, borders: [] });
      expect(proof.sliding).toMatchObject({ windows: grid.width * grid.height, extrapolated: false });
      expect(proof.positions.compared).toBe(proof.sliding.windows);
      expect(proof.positions.relative).toBeLessThan(1e-5);
      expect(memory().tensors).toBe(tensors);
    },
  );
});

describe('proveSurgery', () => {
  const image = { width: 227, height: 195 };

  it('says where padding makes a window alone differ, and extrapolates what it has no time for', async () => {
    await chooseBackend('wasm');
    const progress: number[][] = [];
    const onProgress = (...at: [number, number]) => progress.push(at);
    const proof = await proveSurgery({ ...both('alexnet', 99), image, seconds: 0, onProgress });
    expect(proof.window.relative).toBeLessThan(1e-5);
    expect(proof.positions.relative).toBeGreaterThan(1e-3);
    expect(proof.borders.map(({ layer, why }) => [layer, why])).toEqual(
      ['conv2', 'conv3', 'conv4', 'conv5'].map((layer) => [layer, 'zeros']),
    );
    expect(proof.grid).toEqual({ width: 5, height: 4 });
    expect(proof.sliding).toMatchObject({ windows: 20, measured: 1, extrapolated: true });
    expect(proof.sliding.seconds).toBeGreaterThan(0);
    expect(progress).toEqual([[1, 20]]);
  });

  it('names a pooling that is cut off at the edge', async () => {
    const { borders } = await proveSurgery({ ...both('alexnet', 103), image, seconds: 0 });
    expect(borders).toContainEqual({ layer: 'pool1', why: 'nothing' });
  });

  it('can be stopped, and frees what it made', async () => {
    const { tensors } = memory();
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const running = proveSurgery({ ...both('alexnet', 99), image, signal: stop.signal, onProgress });
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(memory().tensors).toBe(tensors);
  });

  it('refuses an image that is smaller than the window', async () => {
    const running = proveSurgery({ ...both('alexnet', 99), image: { width: 98, height: 99 } });
    await expect(running).rejects.toThrow(/A window of 99 x 99 does not fit into an image of 98 x 99/);
  });
});
