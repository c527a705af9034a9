import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../data/types';
import { chooseBackend } from '../engine/devices';
import { memory } from '../engine/read-back';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import type { ModelRecord } from '../training/types';
import { modelFile } from './model-file';
import { SegmenterSlot } from './segmenter-slot';

/** A network whose score of class 1 is the red of a pixel less 100, and of class 0 nothing. */
const prototxt = `
layer { name: "score" type: "Convolution" bottom: "data" top: "score"
  convolution_param { num_output: 2 kernel_size: 1 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" }`;

function model(id: string, sign: number): ModelRecord {
  const weights = initialWeights(readNetwork(prototxt), 1);
  // Blue, green, red: Caffe's order of the channels.
  weights.get('score/0')!.data.set([0, 0, 0, 0, 0, sign]);
  weights.get('score/1')!.data.set([0, -100 * sign]);
  const info = {
    ...{ name: id, prototxt, voidClass: null, scale: null, epoch: null, pixelAccuracy: null, meanIoU: null },
    classes: ['dark', 'red'].map((name, at) => ({ id: at, name, colour: [at, at, at] as const })),
  };
  const file = modelFile(weights, info);
  return { id, schema: 1, createdAt: 1, origin: { kind: 'file', file: id }, info, file };
}

const image: RgbImage = { width: 3, height: 1, rgb: Uint8Array.of(200, 0, 0, 50, 255, 255, 150, 9, 9) };

describe('a slot', () => {
  it('labels pixels, one model after the other, also when asked for all at once', async () => {
    const slot = new SegmenterSlot(chooseBackend);
    const [a, b] = [model('a', 1), model('b', -1)];
    const ask = (which: ModelRecord) => slot.use(which, 'wasm', (segmenter) => segmenter.segment(image));
    const answers = await Promise.all([ask(a), ask(b), ask(a), slot.clear(() => undefined), ask(b)]);
    expect(answers.map((labels) => labels && [...labels])).toEqual([
      [1, 0, 1],
      [0, 1, 0],
      [1, 0, 1],
      undefined,
      [0, 1, 0],
    ]);
    await slot.clear(() => undefined);
  });

  it('keeps a model on the device for the next image, and frees it', async () => {
    await chooseBackend('wasm');
    const before = memory().tensors;
    const slot = new SegmenterSlot(chooseBackend);
    const a = model('a', 1);
    const first = await slot.use(a, 'wasm', async (segmenter) => Promise.resolve(segmenter));
    expect(await slot.use(a, 'wasm', async (segmenter) => Promise.resolve(segmenter))).toBe(first);
    expect(memory().tensors).toBe(before + 2);
    await slot.clear(() => undefined);
    expect(memory().tensors).toBe(before);
  });

  it('lets work before a clearing through, and what comes later wait for what the clearing began', async () => {
    let gate: Promise<void> | null = null;
    let open = () => {};
    const slot = new SegmenterSlot(async (name) => {
      await gate;
      return chooseBackend(name);
    });
    const a = model('a', 1);
    const done: string[] = [];
    const ask = (what: string) =>
      slot.use(a, 'wasm', (segmenter) => segmenter.segment(image)).then(() => done.push(what));
    const early = [ask('first'), ask('second')];
    const cleared = slot.clear(() => {
      gate = new Promise((resolve) => (open = resolve));
    });
    const late = ask('late');
    await Promise.all([...early, cleared]);
    expect(done).toEqual(['first', 'second']);
    open();
    await late;
    expect(done).toEqual(['first', 'second', 'late']);
    await slot.clear(() => undefined);
  });

  it('goes on after work that failed', async () => {
    const slot = new SegmenterSlot(chooseBackend);
    const a = model('a', 1);
    await expect(slot.use(a, 'wasm', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([...(await slot.use(a, 'wasm', (segmenter) => segmenter.segment(image)))]).toEqual([1, 0, 1]);
    await slot.clear(() => undefined);
  });
});
