import { describe, expect, it } from 'vitest';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import { readWeightFile, writeCaffeWeights, writeWeightFile } from '../nets/weight-file';
import { zooPrototxt } from '../nets/zoo';
import type { ModelInfo } from '../training/types';
import { inModelOrder } from './evaluate';
import { importModelFile, modelFile, readModelFile } from './model-file';

const prototxt = resizeNetwork(zooPrototxt('fcn-alexnet'), { width: 1 / 32, classes: 2 });
const weights = initialWeights(readNetwork(prototxt), 1);
const info: ModelInfo = {
  name: 'streets',
  prototxt,
  classes: [
    { id: 3, name: 'road', colour: [128, 64, 128] },
    { id: 7, name: 'sky', colour: [70, 130, 180] },
  ],
  voidClass: { id: 0, name: 'void', colour: [0, 0, 0] },
  scale: { width: 64, height: 48, mode: 'fit' },
  epoch: 4,
  pixelAccuracy: 0.75,
  meanIoU: 0.5,
};

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

describe('a model file', () => {
  it('says of itself all that it was told', async () => {
    expect(readModelFile('a.safetensors', await bytesOf(modelFile(weights, info)), null)).toEqual(info);
  });

  it('from elsewhere takes the network that comes with it, at its own width, and numbers the classes', () => {
    const read = readModelFile('other.safetensors', writeWeightFile(weights, {}), zooPrototxt('fcn-alexnet'));
    expect(read.name).toBe('other');
    expect(read.classes.map(({ name }) => name)).toEqual(['class 0', 'class 1']);
    expect(readNetwork(read.prototxt).layers.find(({ name }) => name === 'fc6')).toMatchObject({
      numOutput: 128,
    });
  });

  it('without a network is refused with what to do', () => {
    expect(() => readModelFile('x.safetensors', writeWeightFile(weights, {}), null)).toThrow(
      /^x.safetensors does not say which network .* Give its .prototxt/,
    );
  });

  it('of another network is refused with the first blob that differs', async () => {
    const other = new Map(weights).set('conv1/0', { shape: [1], data: new Float32Array(1) });
    const bytes = await bytesOf(modelFile(other, info));
    expect(() => readModelFile('x.safetensors', bytes, null)).toThrow(
      /conv1\/0 should be 4 x 3 x 11 x 11 and is 1/,
    );
  });

  it('of Caffe needs its network, and is kept as one of ours', async () => {
    const bytes = () => writeCaffeWeights(readNetwork(prototxt), weights);
    expect(() => importModelFile('x.caffemodel', bytes(), null)).toThrow(
      /^x.caffemodel does not say which network .*; a .caffemodel holds none. Give its .prototxt/,
    );
    const { info: read, file } = importModelFile('x.caffemodel', bytes(), zooPrototxt('fcn-alexnet'));
    expect(read.name).toBe('x');
    expect(read.classes.map(({ name }) => name)).toEqual(['class 0', 'class 1']);
    const kept = await bytesOf(file);
    expect(readModelFile('kept', kept, null)).toEqual(read);
    expect(readWeightFile(kept, 'kept').weights).toEqual(weights);
  });

  it('is kept as it is where it may be, and in the shapes of its network where not', async () => {
    const own = await bytesOf(modelFile(weights, info));
    expect(await bytesOf(importModelFile('a.safetensors', own, null).file)).toEqual(own);
    const flat = new Map(weights);
    const fc6 = weights.get('fc6/0')!;
    flat.set('fc6/0', { shape: [fc6.shape[0]!, fc6.data.length / fc6.shape[0]!], data: fc6.data });
    const { file } = importModelFile('a.safetensors', await bytesOf(modelFile(flat, info)), null);
    expect(readWeightFile(await bytesOf(file), 'kept').weights).toEqual(weights);
  });

  it('does not believe classes that are none', async () => {
    const broken = { ...info, classes: [{ id: 0, name: 'x', colour: [0, 0, 999] }] } as unknown as ModelInfo;
    const read = readModelFile('x.safetensors', await bytesOf(modelFile(weights, broken)), null);
    expect(read.classes.map(({ name }) => name)).toEqual(['class 0', 'class 1']);
  });
});

describe('inModelOrder', () => {
  const list = (...names: string[]) => ({
    classes: names.map((name, id) => ({ id, name, colour: [id, id, id] as const })),
    voidClass: null,
  });

  it('puts a list into the order of the scores', () => {
    expect(inModelOrder(list('Sky', 'Road'), info.classes).classes.map(({ id }) => id)).toEqual([1, 0]);
  });

  it('takes any list of the right length for a model without names', () => {
    const nameless = list('class 0', 'class 1').classes;
    expect(inModelOrder(list('a', 'b'), nameless)).toEqual(list('a', 'b'));
  });

  it.each([[['road', 'grass']], [['road']], [['road', 'sky', 'tree']]])('refuses %j', (names) => {
    expect(() => inModelOrder(list(...names), info.classes)).toThrow(/the model knows road, sky/);
  });
});
