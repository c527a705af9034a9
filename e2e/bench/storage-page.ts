// The browser's side of the storage benchmark: tiles kept in several ways in databases of their own, written and read.
import { openDB, type IDBPDatabase } from 'idb';
import { random32 } from '../../src/core/random';
import { ImageDecoder } from '../../src/data/decode-image';
import { deflateLabels, inflateLabels } from '../../src/data/label-codec';
import { decodeLabel } from '../../src/data/label-values';
import { resizeImage, resizeLabels } from '../../src/data/resize';
import type { Size } from '../../src/data/types';
import { ways, type Codec, type Way } from './storage-ways';

type Bytes = Uint8Array<ArrayBuffer>;

export interface StorageRequest {
  way: Way;
  tiles: number;
  size: Size;
  /** Tiles of a batch that is read. */
  batch: number;
}

/** Milliseconds: per tile to encode and to put, per batch to read and to decode, for all facts, per label map changed. */
export interface StorageTimes {
  encode: number;
  put: number;
  get: number;
  decode: number;
  list: number;
  change: number;
}

const stores = ['tiles', 'images', 'labels'] as const;
/** As many tiles as an import stores at once, and as many readings as are timed. */
const perTransaction = 18;
const readings = 40;

const through = async (bytes: Bytes, transform: GenericTransformStream): Promise<Bytes> =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(transform)).arrayBuffer());

/** Each byte less the same channel of the pixel to its left, modulo 256; `sign` -1 undoes it. */
function differences(rgb: Bytes, rowBytes: number, sign: 1 | -1): Bytes {
  const out = new Uint8Array(rgb.length);
  for (let row = 0; row < rgb.length; row += rowBytes) {
    for (let i = row; i < row + rowBytes; i++) {
      const left = i - 3 < row ? 0 : sign === 1 ? rgb[i - 3]! : out[i - 3]!;
      out[i] = rgb[i]! - sign * left;
    }
  }
  return out;
}

async function encodePicture(rgb: Bytes, { width, height }: Size, codec: Codec): Promise<Bytes> {
  if (codec === 'raw') return rgb;
  if (codec === 'deflate') return through(rgb, new CompressionStream('deflate-raw'));
  if (codec === 'differences') {
    return through(differences(rgb, width * 3, 1), new CompressionStream('deflate-raw'));
  }
  const canvas = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    pixels.data.set(rgb.subarray(from, from + 3), to);
    pixels.data[to + 3] = 255;
  }
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

const decoder = new ImageDecoder();

async function decodePicture(bytes: Bytes, { width }: Size, codec: Codec): Promise<Uint8Array> {
  if (codec === 'raw') return bytes;
  if (codec === 'png') return (await decoder.decode(new Blob([bytes]), 'tile')).rgb;
  const inflated = await through(bytes, new DecompressionStream('deflate-raw'));
  return codec === 'deflate' ? inflated : differences(inflated, width * 3, -1);
}

/** The files of the page's two inputs, scaled to the tiles' size. */
async function pictures(size: Size): Promise<{ rgb: Bytes; labels: Uint8Array }[]> {
  const filesOf = (id: string) => [...(document.getElementById(id) as HTMLInputElement).files!];
  const labels = filesOf('labels');
  return Promise.all(
    filesOf('images').map(async (file, i) => {
      const { rgb } = resizeImage(await decoder.decode(file, file.name), size);
      const { width, height, samples } = decodeLabel(
        new Uint8Array(await labels[i]!.arrayBuffer()),
        file.name,
      );
      const map = resizeLabels({ width, height, labels: Uint8Array.from(samples) }, size);
      return { rgb: rgb as Bytes, labels: map.labels };
    }),
  );
}

/** Writes tiles in one way and reads them back. */
export async function storage({ way, tiles, size, batch }: StorageRequest): Promise<StorageTimes> {
  const { apart, codec } = ways[way];
  const given = await pictures(size);
  const database = await openDB(`bench ${way}`, 1, {
    upgrade: (db) => stores.forEach((store) => db.createObjectStore(store, { keyPath: ['split', 'index'] })),
  });
  const times: StorageTimes = { encode: 0, put: 0, get: 0, decode: 0, list: 0, change: 0 };
  const timed = async <Value>(what: keyof StorageTimes, per: number, work: () => Promise<Value>) => {
    const start = performance.now();
    const value = await work();
    times[what] += (performance.now() - start) / per;
    return value;
  };
  for (let first = 0; first < tiles; first += perTransaction) {
    const length = Math.min(perTransaction, tiles - first);
    const records = await timed('encode', tiles, () =>
      Promise.all(
        Array.from({ length }, async (_, i) => {
          const { rgb, labels } = given[(first + i) % given.length]!;
          return { rgb: await encodePicture(rgb, size, codec), labels: deflateLabels(labels) };
        }),
      ),
    );
    await timed('put', tiles, () => put(database, apart, first, size, records));
  }
  for (let i = 0; i < readings; i++) {
    const indices = Array.from({ length: batch }, (_, k) => random32(1, 'read', i, k) % tiles);
    const read = await timed('get', readings, () => get(database, apart, indices));
    await timed('decode', readings, () =>
      Promise.all(
        read.map(async ({ rgb, labels }) => {
          inflateLabels(labels, size.width * size.height);
          await decodePicture(rgb, size, codec);
        }),
      ),
    );
  }
  await timed('list', 1, () => database.getAll('tiles'));
  for (let i = 0; i < readings; i++) await timed('change', readings, () => change(database, apart, i));
  database.close();
  return times;
}

interface Encoded {
  rgb: Bytes;
  labels: Uint8Array;
}

async function put(
  database: IDBPDatabase,
  apart: boolean,
  first: number,
  size: Size,
  records: readonly Encoded[],
): Promise<void> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'relaxed' });
  records.forEach(({ rgb, labels }, i) => {
    const key = { split: 'train', index: first + i };
    const facts = { ...key, ...size, name: `tile ${first + i}`, pixels: { classes: [1, 2, 3, 4], void: 0 } };
    const store = (name: (typeof stores)[number], record: object) =>
      void transaction.objectStore(name).put(record);
    if (apart) {
      store('tiles', facts);
      store('images', { ...key, rgb });
      store('labels', { ...key, labels });
    } else store('tiles', { ...facts, rgb, labels });
  });
  await transaction.done;
}

async function get(database: IDBPDatabase, apart: boolean, indices: readonly number[]): Promise<Encoded[]> {
  const transaction = database.transaction(stores);
  const read = (store: (typeof stores)[number], index: number) =>
    transaction.objectStore(store).get(['train', index]) as Promise<Encoded>;
  return Promise.all(
    indices.map(async (index) => {
      if (!apart) return read('tiles', index);
      const parts = await Promise.all(stores.map((store) => read(store, index)));
      return Object.assign({}, ...parts) as Encoded;
    }),
  );
}

/** Replaces the label map of a tile, as an edit does. */
async function change(database: IDBPDatabase, apart: boolean, index: number): Promise<void> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'relaxed' });
  const store = transaction.objectStore(apart ? 'labels' : 'tiles');
  const record = (await store.get(['train', index])) as Encoded;
  await store.put({ ...record, labels: record.labels.slice() });
  await transaction.done;
}
