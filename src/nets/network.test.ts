import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { parsePrototxt, writePrototxt } from '../formats/prototxt';
import { describeNetwork } from './describe';
import { bilinearKernel } from './fillers';
import { readNetwork } from './read-network';
import { pooledLength } from './shapes';
import { zooPrototxt } from './zoo';

const alexnet = zooPrototxt('fcn-alexnet');

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return (error as AppError).message;
  }
  throw new Error('nothing was thrown');
}

describe('FCN-AlexNet', () => {
  // Shapes at 500 x 375 and parameter counts as published for DIGITS' fcn_alexnet.prototxt with 21 classes.
  const description = describeNetwork(readNetwork(alexnet), [1, 3, 375, 500]);
  const layer = (name: string) => description.layers.find((entry) => entry.name === name)!;

  it('has the published shapes', () => {
    expect(layer('conv1').shape).toEqual([1, 96, 142, 173]);
    expect(layer('pool1').shape).toEqual([1, 96, 71, 86]);
    expect(layer('pool2').shape).toEqual([1, 256, 35, 43]);
    expect(layer('pool5').shape).toEqual([1, 256, 17, 21]);
    expect(layer('fc6').shape).toEqual([1, 4096, 12, 16]);
    expect(layer('upscore').shape).toEqual([1, 21, 415, 543]);
    expect(layer('score').shape).toEqual([1, 21, 375, 500]);
  });

  it('has the published numbers of parameters', () => {
    expect(layer('conv1').parameters).toBe(34_944);
    expect(layer('conv2').parameters).toBe(307_456);
    expect(layer('fc6').parameters).toBe(37_752_832);
    expect(description.parameters).toBe(57_037_610);
    expect(description.trainable).toBe(57_037_610 - 83_349);
  });

  it('is shifted by 18 at a stride of 32, as in the article', () => {
    expect(description.offset).toBe(18);
    expect(description.stride).toBe(32);
    expect(description.receptiveField).toBe(355);
    expect(layer('upscore')).toMatchObject({ scale: 1, offset: 31 });
    expect(layer('conv1')).toMatchObject({ scale: 0.25, offset: 18 });
  });

  it('counts a multiply-add as two operations', () => {
    expect(layer('fc6').flops).toBe(2 * 256 * 36 * 4096 * 12 * 16 + 4096 * 12 * 16);
  });
});

describe('readNetwork', () => {
  it('names the line of a layer that reads a blob nobody made', () => {
    const text = 'layer {\n name: "a"\n type: "ReLU"\n bottom: "x"\n top: "y" }';
    expect(messageOf(() => readNetwork(text))).toBe(
      'Line 4: layer "a" reads the blob "x", which no layer before it makes.',
    );
  });

  it('names the line of a wrong value', () => {
    const text = alexnet.replace('kernel_size: 11', 'kernel_size: "eleven"');
    const line = alexnet.split('\n').findIndex((l) => l.includes('kernel_size: 11')) + 1;
    expect(messageOf(() => readNetwork(text))).toBe(`Line ${line}: kernel_size must be a number.`);
  });

  it('names a type that is not run', () => {
    expect(
      messageOf(() => readNetwork('layer { name: "a" type: "Python" bottom: "data" top: "y" }')),
    ).toContain('Line 1: layer "a" has the type "Python"');
  });

  it('refuses a crop out of bounds with its line', () => {
    const spec = readNetwork(alexnet.replace('offset: 18', 'offset: 300'));
    expect(messageOf(() => describeNetwork(spec, [1, 3, 64, 64]))).toMatch(
      /^Line \d+: layer "score" cannot run: .*out of bounds/,
    );
  });
});

describe('prototxt', () => {
  it('reads what it writes', () => {
    const message = parsePrototxt(alexnet);
    expect(readNetwork(writePrototxt(message)).layers.map(({ line: _, ...rest }) => rest)).toEqual(
      readNetwork(alexnet).layers.map(({ line: _, ...rest }) => rest),
    );
  });
});

describe('arithmetic', () => {
  it('rounds pooling up and drops a window that would begin in the padding', () => {
    expect(pooledLength(12, 3, 2, 0)).toBe(6);
    expect(pooledLength(13, 3, 2, 0)).toBe(6);
    expect(pooledLength(11, 2, 2, 0)).toBe(6);
    expect(pooledLength(12, 3, 2, 1)).toBe(7);
    expect(pooledLength(5, 2, 3, 1)).toBe(2);
  });

  it('draws the bilinear kernel of side 4', () => {
    const row = [0.25, 0.75, 0.75, 0.25];
    expect([...bilinearKernel(4)]).toEqual(row.flatMap((y) => row.map((x) => x * y)));
  });
});
