// AVIF files of a real encoder, decoded by the browser and imported.
import { expect, test } from 'vitest';
import alphaUrl from '../formats/fixtures/quarters-alpha.avif?url';
import imirUrl from '../formats/fixtures/quarters-imir.avif?url';
import bothUrl from '../formats/fixtures/quarters-irot-imir.avif?url';
import irotUrl from '../formats/fixtures/quarters-irot.avif?url';
import plainUrl from '../formats/fixtures/quarters.avif?url';
import { pngBytes } from '../formats/png-bytes';
import { ImageDecoder } from './decode-image';
import type { TileSink } from './import-batch';
import { Loader } from './loader';
import { sourceFile } from './testing/files';
import type { DatasetRecord, RgbImage, TileRecord } from './types';

const read = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

const red = [220, 30, 40];
const blue = [30, 60, 210];
const green = [40, 180, 60];
const white = [235, 235, 235];
const black = [0, 0, 0];

/** The middles of the four quarters, row by row. */
function quarters({ width, height, rgb }: RgbImage): number[][] {
  return [
    [1, 1],
    [3, 1],
    [1, 3],
    [3, 3],
  ].map(([x, y]) => {
    const at = 3 * (Math.floor((y! * height) / 4) * width + Math.floor((x! * width) / 4));
    return [...rgb.subarray(at, at + 3)];
  });
}

/** Equal but for what the encoder loses. */
function expectColours(found: number[][], wanted: number[][]): void {
  const far = found.flat().map((value, i) => Math.abs(value - wanted.flat()[i]!));
  expect(Math.max(...far), `${JSON.stringify(found)} for ${JSON.stringify(wanted)}`).toBeLessThan(12);
}

test.each([
  ['plain', plainUrl, 24, 12, [red, blue, green, white]],
  ['irot: a quarter clockwise', irotUrl, 12, 24, [green, red, white, blue]],
  ['imir: left to right', imirUrl, 24, 12, [blue, red, white, green]],
  ['irot and imir: transposed', bothUrl, 12, 24, [red, green, blue, white]],
  ['alpha: transparency shows black', alphaUrl, 24, 12, [red, black, green, black]],
] as const)('%s', async (name, url, width, height, colours) => {
  const picture = await new ImageDecoder().decode(new Blob([await read(url)]), `${name}.avif`);
  expect([picture.width, picture.height]).toEqual([width, height]);
  expectColours(
    quarters(picture),
    colours.map((colour) => [...colour]),
  );
});

/** A label of one value. */
function label(width: number, height: number): Uint8Array<ArrayBuffer> {
  const rows = Array.from({ length: height }, () => new Array<number>(width).fill(1));
  return pngBytes({ width, height, depth: 8, colourType: 0, rows });
}

/** The same file, but its header says another size. */
function saying(bytes: Uint8Array<ArrayBuffer>, width: number, height: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const at = new TextDecoder('latin1').decode(copy).indexOf('ispe');
  new DataView(copy.buffer).setUint32(at + 8, width);
  new DataView(copy.buffer).setUint32(at + 12, height);
  return copy;
}

test('they are imported upright, and a huge one is refused by its header', async () => {
  const [plain, turned] = [await read(plainUrl), await read(irotUrl)];
  const tiles: TileRecord[] = [];
  let record: DatasetRecord | null = null;
  const put: TileSink = async (more, now) => {
    tiles.push(...more);
    record = now;
  };
  const loader = new Loader();
  loader.begin();
  loader.add('images', [
    sourceFile('i/huge.avif', saying(plain, 16384, 16384)),
    sourceFile('i/plain.avif', plain),
    sourceFile('i/turned.avif', turned),
  ]);
  loader.add('labels', [
    sourceFile('l/huge.png', label(4, 4)),
    sourceFile('l/plain.png', label(24, 12)),
    sourceFile('l/turned.png', label(12, 24)),
  ]);
  const { survey } = await loader.survey();
  expect(survey.pairs.train).toBe(3);
  expect(survey.sizes).toEqual([{ width: 24, height: 12 }]);
  expect(survey.sample.wrongSize).toBe(0);
  const huge = /16384 x 16384 pixels.*64 megapixels/;
  expect(survey.sample.rejected.map(({ reason }) => reason)).toEqual([expect.stringMatching(huge)]);

  const settings = {
    name: 'avif',
    classes: { classes: survey.classes, voidClass: survey.voidClass },
    format: null,
    validationPercent: 0,
    seed: 1,
    scale: null,
    tile: null,
  };
  const report = await loader.import('id', settings, { begin: async () => {}, put }, () => {});
  expect(report.rejected.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
    expect.stringMatching(huge),
  ]);
  expect(record).toMatchObject({ pairs: { train: 2, val: 0 } });
  const [first, second] = tiles;
  expect(tiles.map(({ width, height }) => [width, height])).toEqual([
    [24, 12],
    [12, 24],
  ]);
  expectColours(quarters(first!), [red, blue, green, white]);
  expectColours(quarters(second!), [green, red, white, blue]);
});
