// A .caffemodel that Google's Protocol Buffers made, transplanted into a network that was made fully convolutional.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModelFile } from '../../src/inference/model-file';
import { readNetwork } from '../../src/nets/read-network';
import { addDenseHead } from '../../src/nets/surgery/dense-head';
import { convolutionalize } from '../../src/nets/surgery/convolutionalize';
import { transplant } from '../../src/nets/transplant';
import { readWeightFile } from '../../src/nets/weight-file';
import { findPython } from './python';

const script = new URL('./make_classifier.py', import.meta.url);
const python = await findPython(['google.protobuf']);

const classifier = `input: "data" input_dim: 1 input_dim: 3 input_dim: 6 input_dim: 6
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "fc6" type: "InnerProduct" bottom: "conv1" top: "fc6" inner_product_param { num_output: 5 } }
layer { name: "fc8" type: "InnerProduct" bottom: "fc6" top: "fc8" inner_product_param { num_output: 10 } }`;

describe.skipIf(python.missing)(`a classifier's weights${python.note}`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'intarsia-classifier-'));
    await python.run(script, folder);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (form: string) => new Uint8Array(await readFile(join(folder, `${form}.caffemodel`)));

  it.each([
    ['v1', [1, 1, 5, 64]],
    ['v2', [5, 64]],
  ])('of the form %s go into its dense form as far as they fit', async (form, file) => {
    const size = { width: 32, height: 32 };
    const dense = addDenseHead(convolutionalize(classifier, null).prototxt, { classes: 3, size });
    const source = readWeightFile(await read(form), form).weights;
    const { weights, report } = transplant(source, readNetwork(dense.prototxt), 1);
    expect(report).toEqual({
      copied: ['conv1/0', 'conv1/1', 'fc6/1'],
      reshaped: ['fc6/0'],
      missing: ['score_fr/0', 'score_fr/1', 'upscore/0'],
      unused: ['fc8/0', 'fc8/1'],
      shapes: { 'fc6/0': { file, network: [5, 4, 4, 4] } },
    });
    const ramp = (start: number) => (_: unknown, i: number) => Math.fround(start + i / 1000);
    expect(weights.get('conv1/0')!.data).toEqual(Float32Array.from({ length: 108 }, ramp(0)));
    expect(weights.get('fc6/0')!.data).toEqual(Float32Array.from({ length: 320 }, ramp(200)));
    expect(weights.get('fc6/1')!.data).toEqual(Float32Array.from({ length: 5 }, ramp(210)));
  });

  it.each(['v1', 'v2'])('of the form %s are a model of the classifier', async (form) => {
    const { info, file } = importModelFile(`${form}.caffemodel`, await read(form), classifier);
    expect(info.classes).toHaveLength(10);
    const kept = new Uint8Array(await file.arrayBuffer());
    expect(readWeightFile(kept, form).weights.get('fc6/0')!.shape).toEqual([5, 64]);
  });
});
