// Every layer, forward and backward, on every backend, against PyTorch in float64: the stored reference, and numbers drawn for this test.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Safetensors } from '../../formats/safetensors';
import { fill } from '../../nets/fillers';
import { crossEntropy } from '../../nets/objective';
import { readNetwork } from '../../nets/read-network';
import { layerTypes } from '../../nets/schema';
import type { Filler, LayerSpec, Objective } from '../../nets/spec';
import { relativeError } from '../testing/close';
import { everyBackend } from '../testing/every-backend';
import { makeLayerCases, readReference } from '../testing/reference';
import { runLayer, type LayerOutput } from '../testing/run-layer';

type Field = string | number | boolean | Field[] | { [name: string]: Field };

interface Case {
  name: string;
  layer: { type: string } & Record<string, Field>;
  /** Of a loss, where it is not plain cross-entropy. */
  objective?: Partial<Objective> | null;
  inputs: string[];
  params: string[];
  tops?: number;
}

interface Result {
  what: string;
  error: number;
  bound: number;
}

function prototxt(name: string, value: Field): string {
  if (Array.isArray(value)) return value.map((item) => prototxt(name, item)).join(' ');
  if (typeof value !== 'object') return `${name}: ${value}`;
  const fields = Object.entries(value).map(([inner, item]) => prototxt(inner, item));
  return `${name} { ${fields.join(' ')} }`;
}

function specOf(type: string, fields: Record<string, Field>, inputs: string[], tops = 1): LayerSpec {
  const lines = (what: string, names: string[]) => names.map((name) => `${what}: "${name}"`).join(' ');
  const settings = Object.keys(fields).length ? prototxt(layerTypes[type]!, fields) : '';
  const outputs = Array.from({ length: tops }, (_, i) => `top${i}`);
  const ends = `${lines('bottom', inputs)} ${lines('top', outputs)}`;
  const text = `${lines('input', inputs)} layer { name: "l" type: "${type}" ${ends} ${settings} }`;
  return readNetwork(text).layers[0]!;
}

const stored = ({ tensors }: Safetensors, name: string) => {
  const { shape, data } = tensors.get(name)!;
  return { shape, data: Float64Array.from(data as Float32Array) };
};

async function compare(entry: Case, file: Safetensors): Promise<Result[]> {
  const { name, inputs, params, tops = 1 } = entry;
  const { type, ...fields } = entry.layer;
  const read = (tensor: string) => stored(file, `${name}/${tensor}`);
  const bottoms = inputs.map((input) => (input === 'label' ? null : read(input)));
  const outs = Array.from({ length: tops }, (_, i) => `out${i || ''}`);
  const spec = (): LayerSpec => {
    const parsed = specOf(type, fields, inputs, tops);
    if (parsed.type !== 'SoftmaxWithLoss' || !entry.objective) return parsed;
    return { ...parsed, objective: { ...crossEntropy, ...entry.objective } };
  };
  const dTops = type === 'SoftmaxWithLoss' ? undefined : outs.map((out) => read(`grad_${out}`).data);
  const found =
    type === 'BatchNorm+Scale'
      ? await runBatchNormAndScale(fields, bottoms[0]!, params.map(read), dTops![0]!)
      : await runLayer(spec(), {
          bottoms,
          params: params.map(read),
          ...(dTops ? { dTops } : {}),
          ...(inputs.includes('label') ? { labels: Uint8Array.from(read('label').data) } : {}),
        });
  const result = (what: string, values: ArrayLike<number>, bound: number) => ({
    what,
    error: relativeError(values, read(what).data),
    bound,
  });
  const gradients = new Map(inputs.map((input, i) => [input, found.dBottoms[i]]));
  // BatchNorm's blobs are statistics: Caffe gives them no gradient.
  if (type !== 'BatchNorm') params.forEach((param, i) => gradients.set(param, found.dParams[i]));
  gradients.delete('label');
  return [
    ...outs.map((out, i) => result(out, found.tops[i]!, 1e-5)),
    // A Crop's second bottom only lends its size.
    ...[...gradients].map(([of, values]) =>
      result(`grad_${of}`, values ?? new Float32Array(read(of).data.length), 1e-4),
    ),
  ];
}

/** Two layers in a row; the reference has them as one. */
async function runBatchNormAndScale(
  fields: Record<string, Field>,
  x: { shape: number[]; data: Float64Array },
  params: { shape: number[]; data: Float64Array }[],
  dTop: Float64Array,
): Promise<LayerOutput> {
  const norm = specOf('BatchNorm', fields, ['x']);
  const scale = specOf('Scale', { bias_term: true }, ['x']);
  const [channels] = params[0]!.shape;
  const statistics = [channels!, channels!, 1].map((length) => ({
    shape: [length],
    data: new Float64Array(length),
  }));
  const forward = await runLayer(norm, { bottoms: [x], params: statistics, dTops: [dTop] });
  const between = { shape: x.shape, data: forward.tops[0]! };
  const scaled = await runLayer(scale, { bottoms: [between], params, dTops: [dTop] });
  const dTops = [scaled.dBottoms[0]!];
  const { dBottoms } = await runLayer(norm, { bottoms: [x], params: statistics, dTops });
  return { ...scaled, dBottoms };
}

const casesOf = (file: Safetensors | null) =>
  file ? (JSON.parse(file.metadata.get('cases')!) as Case[]) : [];

const isFiller = ({ layer }: Case) => layer.type === 'filler';

// Where no reference lies beside the project, definition.browser.test.ts checks the layers alone.
const reference = await readReference('layers');
const cases = casesOf(reference);
const fresh = await makeLayerCases(17);

const sources = [
  { what: 'of the reference', file: reference, cases: cases.filter((entry) => !isFiller(entry)) },
  { what: `drawn for this test${fresh.note}`, file: fresh.file, cases: casesOf(fresh.file) },
];

describe.each(sources.map((source) => [source.what, source] as const))('layers %s', (_what, source) => {
  const { file, cases: entries } = source;
  describe.skipIf(!file).each(everyBackend)('on %s', (_name, choose) => {
    beforeAll(choose);

    it('are there', () => expect(entries.length).toBeGreaterThan(20));

    it.each(entries.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
      for (const { what, error, bound } of await compare(entry, file!))
        expect(error, what).toBeLessThanOrEqual(bound);
    });
  });
});

describe.runIf(reference)('fillers of the reference', () => {
  it.each(cases.filter(isFiller).map((entry) => [entry.name, entry] as const))('%s', (name, { layer }) => {
    const filler = { type: layer['filler'] } as Filler;
    const { shape, data } = stored(reference!, `${name}/out`);
    expect(relativeError(fill(filler, [1, 1, ...shape], 1, name), data)).toBeLessThanOrEqual(1e-5);
  });
});
