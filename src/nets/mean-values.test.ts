import { expect, it } from 'vitest';
import { applyEdits } from '../formats/prototxt';
import { checkNetwork } from './check-network';
import { meanEdits, withMean } from './mean-values';
import { readNetwork } from './read-network';
import { zooPrototxt } from './zoo';

const relu = 'layer { name: "r" type: "ReLU" bottom: "data" top: "r" }';
const means = [104.00698793, 116.66876762, 122.67891434];

it.each([
  ['a layer without transform', 'layer { name: "data" type: "Input" top: "data" }'],
  [
    'a mean file',
    'layer { name: "data" type: "Data" top: "data" transform_param { mirror: true mean_file: "x.binaryproto" } }',
  ],
  [
    'other means',
    'layer { name: "data" type: "Data" top: "data" transform_param { mean_value: 1 mean_value: 2 mean_value: 3 } }',
  ],
  [
    'a list of means',
    'layer { name: "data" type: "Data" top: "data" transform_param {\n  mean_value: [1, 2, 3]\n  scale: 1\n} }',
  ],
  ['the old form', 'layers { name: "data" type: DATA top: "data" top: "label" }'],
])('writes the means into %s', (_what, layer) => {
  const text = `# kept\n${layer}\n${relu}`;
  const edited = applyEdits(text, meanEdits(text, means));
  expect(edited).toContain('# kept');
  expect(readNetwork(edited).inputs[0]!.transform).toEqual({ mean: [104.007, 116.6688, 122.6789], scale: 1 });
});

it('says where there is no data layer', () => {
  expect(() => meanEdits(relu, means)).toThrow(/no data layer/);
});

it('a shift that comes on top of a mean is warned of', () => {
  const text = `layer { name: "data" type: "Input" top: "data" }
layer { name: "shift" type: "Power" bottom: "data" top: "shift" power_param { shift: -116 } }`;
  const said = (prototxt: string) => checkNetwork(prototxt, { size: null, classes: null }).problems;
  expect(said(text)).toEqual([]);
  const edited = applyEdits(text, meanEdits(text, means));
  expect(said(edited)).toMatchObject([
    { layer: 'shift', message: expect.stringContaining('116 once more') as string },
  ]);
});

it('a mean file is warned of until its means are written', () => {
  const text = `layer { name: "data" type: "Data" top: "data" transform_param { mean_file: "x.binaryproto" } }\n${relu}`;
  const said = (prototxt: string) => checkNetwork(prototxt, { size: null, classes: null }).problems;
  expect(said(text)).toMatchObject([{ severity: 'warning', line: 1, layer: 'data' }]);
  expect(said(applyEdits(text, meanEdits(text, means)))).toEqual([]);
});

const zooMeans = (prototxt: string) => {
  const { inputs, layers } = readNetwork(prototxt);
  const shift = layers.find(({ type }) => type === 'Power');
  return [inputs[0]!.transform?.mean ?? null, shift?.type === 'Power' ? shift.shift : null];
};

it("a built-in network subtracts its own mean, none, or a dataset's", () => {
  const text = zooPrototxt('fcn-8s');
  expect(withMean(text, 'network', null)).toBe(text);
  expect(zooMeans(text)).toEqual([null, -116]);
  expect(zooMeans(withMean(text, 'none', null))).toEqual([null, 0]);
  const subtracting = withMean(text, 'pixel', [90, 100, 110]);
  expect(zooMeans(subtracting)).toEqual([[90, 100, 110], 0]);
  expect(zooMeans(withMean(subtracting, 'none', null))).toEqual([null, 0]);
  expect(zooMeans(withMean(subtracting, 'pixel', [1, 2, 3.5]))).toEqual([[1, 2, 3.5], 0]);
});

it('leaves shifts that are no mean, and says where the means are not known', () => {
  const later = `layer { name: "data" type: "Input" top: "data" }
${relu}
layer { name: "later" type: "Power" bottom: "r" top: "later" power_param { shift: -3 } }
layer { name: "up" type: "Power" bottom: "data" top: "up" power_param { shift: 5 } }`;
  expect(withMean(later, 'none', null)).toBe(later);
  expect(() => withMean(later, 'pixel', null)).toThrow(/mean colour of this dataset is not known/);
  expect(() => withMean(relu, 'pixel', means)).toThrow(/no data layer/);
});
