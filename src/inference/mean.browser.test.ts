// What a network subtracts while it trains, it subtracts wherever its model goes: the same predictions, not only close ones.
import { expect, it } from 'vitest';
import { random32 } from '../core/random';
import type { RgbImage } from '../data/types';
import { chooseBackend } from '../engine/devices';
import { Network } from '../engine/network';
import { readLabels } from '../engine/read-back';
import { initialWeights } from '../nets/fillers';
import { withMean } from '../nets/mean-values';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import type { WeightSet } from '../nets/weights';
import { zooPrototxt } from '../nets/zoo';
import { exportNetwork } from './export-network';
import { importModelFile, modelFile } from './model-file';
import { Segmenter } from './segment';

const [width, height] = [256, 192];
/** Bands of strong colours with noise, for the scores to differ. */
const bands = [
  [250, 10, 10],
  [10, 10, 250],
  [250, 250, 250],
  [10, 250, 10],
] as const;
const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const x = Math.floor(i / 3) % width;
  return bands[Math.floor((4 * x) / width)]![i % 3]! + (random32(3, 'rgb', i) % 11) - 5;
});
const image: RgbImage = { width, height, rgb };
const text = resizeNetwork(zooPrototxt('fcn-alexnet'), { width: 1 / 16, classes: 5 });

/** The network's predictions for the image as training's validation makes them. */
async function validated(prototxt: string, weights: WeightSet): Promise<Uint8Array> {
  const network = new Network(readNetwork(prototxt), weights);
  const bgr = Float32Array.from(rgb, (_, i) => rgb[i - (i % 3) + 2 - (i % 3)]!);
  const data = network.input(bgr, [1, height, width, 3]);
  const { predictions, loss } = network.evaluate(data, { labels: new Uint8Array(width * height) });
  const labels = await readLabels(predictions);
  loss.dispose();
  data.dispose();
  network.dispose();
  return labels;
}

async function segmented(name: string, bytes: Uint8Array<ArrayBuffer>, prototxt: string | null) {
  const { info, file } = importModelFile(name, bytes, prototxt);
  const origin = { kind: 'file', file: name } as const;
  const segmenter = await Segmenter.open({ id: name, schema: 1, createdAt: 1, origin, info, file }, 'wasm');
  const labels = await segmenter.segment(image);
  segmenter.dispose();
  return labels;
}

it('a mean colour is subtracted in validation, from the model file, and from an exported network', async () => {
  await chooseBackend('wasm');
  const prototxt = withMean(text, 'pixel', [40, 120, 200]);
  const weights = initialWeights(readNetwork(prototxt), 1);
  // Not as small as at the start of a run, so that the classes differ.
  weights
    .get('score_fr/0')!
    .data.forEach((_, i, data) => (data[i] = (random32(5, 'score', i) / 2 ** 32 - 0.5) / 9));
  const wanted = await validated(prototxt, weights);
  expect(new Set(wanted).size).toBeGreaterThan(1);
  expect(await validated(withMean(prototxt, 'none', null), weights)).not.toEqual(wanted);
  expect(await validated(text, weights)).not.toEqual(wanted);

  const told = { name: 'm', prototxt, classes: [], voidClass: null, scale: null };
  const file = modelFile(weights, { ...told, epoch: 1, pixelAccuracy: null, meanIoU: null });
  const bytes = new Uint8Array(await file.arrayBuffer());
  expect(await segmented('m.safetensors', bytes.slice(), null)).toEqual(wanted);

  const exported = exportNetwork({
    network: { kind: 'prototxt', text: prototxt },
    weights: { name: 'm.safetensors', bytes },
    ...{ width: null, classes: null, seed: 1, size: { width, height }, as: 'caffemodel' },
  });
  const [caffemodel, network] = exported.files;
  const deployed = new TextDecoder().decode(network!.bytes);
  expect(await segmented('m.caffemodel', caffemodel!.bytes, deployed)).toEqual(wanted);
});
