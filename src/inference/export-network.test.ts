import { describe, expect, it } from 'vitest';
import { readNetwork } from '../nets/read-network';
import { readWeightFile } from '../nets/weight-file';
import { exportNetwork, type ExportRequest } from './export-network';
import { readModelFile } from './model-file';

const request: ExportRequest = {
  network: { kind: 'zoo', id: 'fcn-alexnet' },
  weights: null,
  width: 1 / 32,
  classes: 3,
  seed: 4,
  size: { width: 97, height: 131 },
  as: 'caffemodel',
};

describe('exportNetwork', () => {
  it('writes weights and the deploy view, and says that all of it was drawn', () => {
    const { files, parameters, report } = exportNetwork(request);
    expect(files.map(({ name }) => name)).toEqual(['weights.caffemodel', 'network.prototxt']);
    const spec = readNetwork(new TextDecoder().decode(files[1]!.bytes));
    expect(spec.inputs).toMatchObject([{ shape: [1, 3, 131, 97] }]);
    expect(spec.layers.at(-1)).toMatchObject({ name: 'score', type: 'Crop' });
    const { weights, format } = readWeightFile(files[0]!.bytes, 'weights');
    expect(format).toBe('caffemodel');
    expect(parameters).toBe([...weights.values()].reduce((sum, { data }) => sum + data.length, 0));
    expect(report).toMatchObject({ copied: [], missing: [...weights.keys()], unused: [] });
  });

  it('takes widths and classes from the weights that are given', () => {
    const [file] = exportNetwork(request).files;
    const weights = { name: 'a.caffemodel', bytes: file!.bytes };
    const again = exportNetwork({ ...request, weights, width: null, classes: null, as: 'safetensors' });
    expect(again.report).toMatchObject({ missing: [], reshaped: [], unused: [] });
    // The file knows its network, with its loss.
    const info = readModelFile('a.safetensors', again.files[0]!.bytes, null);
    expect(info.classes).toHaveLength(3);
    expect(readNetwork(info.prototxt).layers.at(-1)).toMatchObject({ type: 'SoftmaxWithLoss' });
  });

  it("brings a classifier's weights into a network that labels pixels", () => {
    const classifier = exportNetwork({
      ...request,
      network: { kind: 'zoo', id: 'caffenet' },
      classes: null,
      size: null,
    });
    const weights = { name: 'caffenet.caffemodel', bytes: classifier.files[0]!.bytes };
    const { report } = exportNetwork({ ...request, weights });
    expect(report).toMatchObject({
      reshaped: ['fc6/0', 'fc7/0'],
      missing: ['score_fr/0', 'score_fr/1', 'upscore/0'],
      unused: ['fc8/0', 'fc8/1'],
    });
  });
});
