// Compares src/formats/caffemodel.ts with Google's Protocol Buffers for Python, in both directions.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors';
import { channelMeans, readMeanFile } from '../../src/formats/binaryproto';
import { readCaffeModel, writeCaffeModel, type CaffeModel } from '../../src/formats/caffemodel';
import { findPython } from './python';

interface OracleBlob {
  shape: number[];
  data: number[];
}
interface OracleNetwork {
  name: string;
  layers: { name: string; type: string; blobs: OracleBlob[] }[];
}

const script = new URL('./make_caffemodel.py', import.meta.url);
const python = await findPython(['google.protobuf']);

/** The same with plain arrays, for comparing every number. */
const plain = ({ name, layers }: CaffeModel): OracleNetwork => ({
  name,
  layers: [...layers].map((layer) => ({
    ...layer,
    blobs: layer.blobs.map(({ shape, data }) => ({ shape, data: [...data] })),
  })),
});

describe.skipIf(python.missing)(`Caffe's files as Google's Protocol Buffers make them${python.note}`, () => {
  let folder = '';
  let expected: Record<string, OracleNetwork> & { mean?: OracleBlob } = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'intarsia-oracle-'));
    expected = JSON.parse(await python.run(script, 'write', folder)) as typeof expected;
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const file = async (name: string) => new Uint8Array(await readFile(join(folder, name)));

  it.each([
    ...['v2-packed', 'v2-unpacked', 'v2-mixed', 'v2-double', 'v2-snapshot'],
    ...['v1-packed', 'v1-unpacked', 'v1-double'],
  ])('%s.caffemodel has the same names, types, shapes and numbers', async (name) => {
    const bytes = await file(`${name}.caffemodel`);
    expect(expected[name]?.layers.length).toBeGreaterThan(3);
    // At every offset in memory, with and without leave to change the bytes.
    for (let offset = 0; offset < 4; offset++) {
      const memory = new Uint8Array(bytes.length + offset);
      memory.set(bytes, offset);
      const placed = memory.subarray(offset);
      expect(plain(readCaffeModel(placed, name))).toEqual(expected[name]);
      expect(placed).toEqual(bytes);
      expect(plain(readCaffeModel(placed, name, { reuse: true }))).toEqual(expected[name]);
    }
  });

  it('a mean file has the same numbers', async () => {
    const mean = readMeanFile(await file('mean.binaryproto'), 'mean.binaryproto');
    expect(mean).toMatchObject({ channels: 3, height: 4, width: 5 });
    expect([...mean.data]).toEqual(expected.mean!.data);
    expect(channelMeans(mean)[2]).toBeCloseTo(mean.data.slice(40).reduce((a, b) => a + b, 0) / 20);
  });

  it('layers of the form V0 are refused by name', async () => {
    const bytes = await file('v0.caffemodel');
    expect(() => readCaffeModel(bytes, 'old.caffemodel')).toThrow(AppError);
    expect(() => readCaffeModel(bytes, 'old.caffemodel')).toThrow(/old\.caffemodel .* V0/);
  });

  it('what Intarsia writes is read back, and is byte for byte what Protocol Buffers would write', async () => {
    const data = Float32Array.from({ length: 5000 }, (_, i) =>
      Math.fround(Math.sin(i) * 10 ** ((i % 60) - 30)),
    );
    const layers = [
      { name: 'data', type: 'Input', tops: ['data'], blobs: [] },
      {
        name: 'conv1 ü',
        type: 'Convolution',
        bottoms: ['data', 'b'],
        tops: ['conv1'],
        blobs: [
          { shape: [50, 5, 4, 5], data },
          { shape: [300], data: data.subarray(7, 307) },
        ],
      },
      { name: 'one', type: 'Scale', blobs: [{ shape: [], data: data.slice(3, 4) }] },
    ];
    const path = join(folder, 'written.caffemodel');
    await writeFile(path, writeCaffeModel('net', layers));
    expect(JSON.parse(await python.run(script, 'read', path))).toEqual({
      name: 'net',
      canonical: true,
      layers: layers.map(({ blobs, ...layer }) => ({
        bottoms: [],
        tops: [],
        ...layer,
        blobs: blobs.map((blob) => ({ shape: blob.shape, data: [...blob.data] })),
      })),
    });
  });
});
