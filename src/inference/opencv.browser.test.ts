// What Intarsia exports, as OpenCV's cv2.dnn reads and runs it.
import { commands } from 'vitest/browser';
import { describe, expect, it } from 'vitest';
import { random32, randomNormal } from '../core/random';
import { chooseBackend } from '../engine/devices';
import { dataTensor, Network } from '../engine/network';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import { readWeightFile, writeWeightFile } from '../nets/weight-file';
import { zooPrototxt } from '../nets/zoo';
import { exportNetwork } from './export-network';

declare module 'vitest/browser' {
  interface BrowserCommands {
    opencvMissing(): Promise<string | null>;
    opencvScores(request: {
      prototxt: string;
      weights: string;
      data: string;
      shape: readonly number[];
      blob: string;
    }): Promise<{ version: string; shape: number[]; base64: string }>;
  }
}

function toBase64(values: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

const fromBase64 = (text: string) =>
  new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** A narrow built-in network with random weights, biases too, as it is exported for an image of this size. */
function exported(id: string, size: { width: number; height: number } | null) {
  const prototxt = resizeNetwork(zooPrototxt(id), { width: 1 / 16, classes: 5 });
  const weights = initialWeights(readNetwork(prototxt), 11);
  for (const [name, { data }] of weights)
    if (name.endsWith('/1')) data.forEach((_, i) => (data[i] = randomNormal(11, name, i) / 10));
  const { files } = exportNetwork({
    network: { kind: 'prototxt', text: prototxt },
    weights: { name: 'random', bytes: writeWeightFile(weights, {}) },
    ...{ width: null, classes: null, seed: 1, size, as: 'caffemodel' },
  });
  const [file, text] = files;
  return { caffemodel: file!.bytes, prototxt: new TextDecoder().decode(text!.bytes) };
}

const missing = await commands.opencvMissing();

describe.skipIf(missing !== null)(`OpenCV${missing ?? ''}`, () => {
  it.each([
    ['fcn-alexnet', 'score', { width: 97, height: 131 }],
    ['fcn-alexnet', 'score', { width: 65, height: 97 }],
    ['fcn-8s', 'score', { width: 97, height: 131 }],
    ['fcn-8s', 'score', { width: 65, height: 97 }],
    // Concat and poolings that are cut off; and inner products.
    ['googlenet-fcn-32s', 'score', { width: 97, height: 131 }],
    ['alexnet', 'fc8', null],
  ] as const)(
    'runs %s up to "%s" and gives what Intarsia gives, for an image of %o',
    async (id, blob, size) => {
      const { prototxt, caffemodel } = exported(id, size);
      const spec = readNetwork(prototxt);
      const [, channels, height, width] = spec.inputs[0]!.shape as [number, number, number, number];
      const area = height * width;
      const nchw = Float32Array.from({ length: channels * area }, (_, i) => random32(3, 'image', i) % 256);
      const nhwc = nchw.map((_, i) => nchw[(i % channels) * area + Math.floor(i / channels)]!);

      await chooseBackend('wasm');
      const network = new Network(spec, readWeightFile(caffemodel, 'exported').weights);
      const data = dataTensor(nhwc, [1, height, width, channels]);
      const ours = await network.blobValues(blob, data);
      data.dispose();
      network.dispose();

      const theirs = await commands.opencvScores({
        ...{ prototxt, blob, weights: toBase64(caffemodel), data: toBase64(nchw) },
        shape: [1, channels, height, width],
      });
      expect(theirs.shape).toEqual(ours.shape);
      const expected = fromBase64(theirs.base64);
      const square = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
      const error = Math.sqrt(square(ours.data.map((value, i) => value - expected[i]!)) / square(expected));
      expect(error).toBeLessThan(1e-4);
    },
  );
});
