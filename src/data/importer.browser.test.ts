import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { AppError } from '../core/errors';
import { pngBytes } from '../formats/png-bytes';
import type { TileSink } from './import-batch';
import type { ImportPlan } from './import-plan';
import type { ImportProgress, ImportSettings } from './import-types';
import { inflateLabels } from './label-codec';
import { Loader, type ImportStore } from './loader';
import { VOID, type ClassList, type DatasetRecord, type SourceFile, type TileRecord } from './types';

const list: ClassList = {
  classes: [
    { id: 0, name: 'sky', colour: [0, 0, 255] },
    { id: 1, name: 'road', colour: [90, 80, 70] },
  ],
  voidClass: { id: 2, name: 'void', colour: [0, 0, 0] },
};
const classText = '0 0 255 sky\n90 80 70 road\n0 0 0 void\n';

const source = (path: string, content: BlobPart): SourceFile => ({ path, file: new File([content], path) });

/** An image and a label of width 4 and height 2, or of another width; the label has one value everywhere. */
function picture(width = 4): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.from({ length: width * 2 * 3 }, (_, i) => i);
  return new Uint8Array(encode({ width, height: 2, channels: 3, data }));
}
function label(value: number, width = 4): Uint8Array<ArrayBuffer> {
  const row = new Array<number>(width).fill(value);
  return pngBytes({ width, height: 2, depth: 8, colourType: 0, rows: [row, row] });
}

class Memory {
  tiles: TileRecord[] = [];
  record: DatasetRecord | null = null;
  largestBatch = 0;
  fullAfter = Infinity;
  plan: ImportPlan | null = null;
  readonly begin: ImportStore['begin'] = async (_record, plan) => {
    this.plan = plan;
  };
  put: TileSink = async (tiles, record) => {
    if (tiles.length > 0 && this.tiles.length + tiles.length > this.fullAfter) {
      throw new AppError('storage-full', 'full');
    }
    this.tiles.push(...tiles);
    this.largestBatch = Math.max(this.largestBatch, tiles.length);
    this.record = record;
  };
}

const settings: ImportSettings = {
  name: 'streets',
  classes: list,
  format: null,
  validationPercent: 0,
  seed: 1,
  scale: null,
  tile: null,
};

function start(images: SourceFile[], labels: SourceFile[], change: Partial<ImportSettings> = {}) {
  const loader = new Loader();
  loader.begin();
  loader.add('images', images);
  loader.add('labels', labels);
  loader.add('classes', [source('classes.txt', classText)]);
  const memory = new Memory();
  const said: ImportProgress[] = [];
  const run = () =>
    loader.import('id', { ...settings, ...change }, memory, (progress) => said.push(progress));
  return { loader, memory, said, run };
}

test('each bad file gets its sentence and the good pairs are stored', async () => {
  const whole = picture();
  const images = [
    source('i/good.png', picture()),
    source('i/text.png', 'not a picture at all'),
    source('i/cut.png', whole.slice(0, whole.length - 20)),
    source('i/size.png', picture(5)),
    source('i/value.png', picture()),
    source('i/cutlabel.png', picture()),
    source('i/lonely.png', picture()),
    source('i/zgood.png', picture()),
    source('i/.DS_Store', 'x'),
    source('i/notes.txt', 'x'),
  ];
  const labels = [
    source('l/good.png', label(1)),
    source('l/text.png', label(1)),
    source('l/cut.png', label(1)),
    source('l/size.png', label(1)),
    source('l/value.png', label(7)),
    source('l/cutlabel.png', label(1).slice(0, 40)),
    source('l/stray.png', label(1)),
    source('l/zgood.png', label(2)),
  ];
  const { memory, run } = start(images, labels);
  const report = await run();
  expect(report).toMatchObject({
    pairs: 2,
    train: 2,
    val: 0,
    tiles: 2,
    complete: true,
    format: 'grey-index',
  });
  expect(report.classes).toEqual([
    { ...list.classes[0], pixels: 0 },
    { ...list.classes[1], pixels: 8 },
    { ...list.voidClass, pixels: 8, void: true },
  ]);
  const reasons = Object.fromEntries(report.rejected.map(({ file, reason }) => [file, reason]));
  expect(reasons).toEqual({
    'i/lonely.png': 'There is no label called "lonely".',
    'l/stray.png': 'There is no image called "stray".',
    'i/text.png': 'This is neither PNG, JPEG, WebP, BMP nor AVIF; it looks like a text file.',
    'i/cut.png': 'This PNG is cut off before its end. Copy or download it again.',
    'l/size.png': 'The label has 4 x 2 pixels, but its image has 5 x 2. Save both at one size.',
    'l/value.png': 'It has values outside the class list: 7 (8 pixels).',
    'l/cutlabel.png': 'This PNG is cut off before its end. Copy or download it again.',
  });
  expect(memory.tiles.map(({ name, index }) => [name, index])).toEqual([
    ['good', 0],
    ['zgood', 1],
  ]);
  expect([...inflateLabels(memory.tiles[1]!.labels, 8)]).toEqual(new Array(8).fill(VOID));
  expect([...memory.tiles[0]!.rgb]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  expect(memory.record).toMatchObject({ state: 'ready', rejected: report.rejected });
});

test('a fault on one pair is listed and the others are stored', async () => {
  const broken = source('images/b.png', picture());
  Object.defineProperty(broken.file, 'size', {
    get() {
      if (said.length > 0) throw new RangeError('Invalid array length');
      return picture().length;
    },
  });
  const { run, said } = start(
    [source('images/a.png', picture()), broken, source('images/c.png', picture())],
    ['a', 'b', 'c'].map((name) => source(`labels/${name}.png`, label(1))),
  );
  const report = await run();
  expect(report).toMatchObject({ pairs: 2, complete: true });
  expect(report.rejected).toEqual([
    { file: 'images/b.png', reason: 'The pair could not be processed. RangeError: Invalid array length' },
  ]);
});

test('a failure of storage ends the import', async () => {
  const failing: TileSink = async () => {
    throw new Error('the disk is gone');
  };
  const { loader } = start([source('images/a.png', picture())], [source('labels/a.png', label(1))]);
  await expect(
    loader.import('one', settings, { begin: async () => {}, put: failing }, () => {}),
  ).rejects.toThrow('the disk is gone');
});

test('nothing usable is an error with the reasons, and nothing is stored', async () => {
  const { memory, run } = start([source('i/a.png', 'text')], [source('l/a.png', label(9))]);
  await expect(run()).rejects.toMatchObject({
    code: 'no-pairs',
    message: expect.stringMatching(/l\/a\.png: It has values outside/) as string,
  });
  expect(memory.record).toBeNull();
});

test('an empty folder is an error that says what to choose', async () => {
  const loader = new Loader();
  expect((await loader.survey()).survey).toMatchObject({
    problem: expect.stringMatching(/no pictures that can be read/) as string,
    pairs: { train: 0, val: 0 },
  });
  const nothing = { ...settings, classes: { classes: [], voidClass: null } };
  await expect(loader.import('id', nothing, new Memory(), () => {})).rejects.toMatchObject({
    code: 'no-pairs',
    message: expect.stringMatching(/Choose a folder of images/) as string,
  });
});

test('2,000 files at once are imported in small batches', async () => {
  const bytes = picture();
  const images = Array.from({ length: 1000 }, (_, i) => source(`i/${i}.png`, bytes));
  const labels = images.map((_, i) => source(`l/${i}.png`, label(i % 3)));
  const { memory, said, run } = start(images, labels, {
    validationPercent: 10,
    scale: { width: 96, height: 96 },
    tile: { width: 64, height: 64 },
  });
  const report = await run();
  expect(report).toMatchObject({
    pairs: 1000,
    train: 900,
    val: 100,
    tiles: 4000,
    rejected: [],
    complete: true,
  });
  expect(report.classes.map(({ pixels }) => pixels)).toEqual([334, 333, 333].map((count) => count * 96 * 96));
  expect(memory.largestBatch).toBeLessThan(1000);
  expect(memory.record?.tileSizes).toEqual([{ width: 64, height: 64, count: 4000 }]);
  for (const split of ['train', 'val'] as const) {
    const tiles = memory.tiles.filter((tile) => tile.split === split);
    expect(tiles.map(({ index }) => index)).toEqual(tiles.map((_, i) => i));
  }
  expect(said.length).toBeLessThan(report.seconds * 10 + 3);
  expect(said.at(-1)).toMatchObject({ phase: 'finishing', done: 1000, total: 1000, tiles: 4000 });
});

/** Pairs whose every tile fills a batch. */
function large(count: number) {
  const images = Array.from({ length: count }, (_, i) => source(`i/${i}.png`, picture()));
  const labels = images.map((_, i) => source(`l/${i}.png`, label(0)));
  return start(images, labels, { scale: { width: 1300, height: 1200 } });
}

test('cancelling keeps what is stored', async () => {
  const { loader, memory, run } = large(6);
  const { put } = memory;
  memory.put = async (tiles, record) => {
    await put(tiles, record);
    if (memory.tiles.length === 2) loader.cancelImport();
  };
  const report = await run();
  expect(report).toMatchObject({ complete: false, pairs: 2, tiles: 2 });
  expect(memory.record).toMatchObject({ state: 'partial', pairs: { train: 2 }, tiles: { train: 2 } });
});

test('a full disk keeps what is stored and says what is missing', async () => {
  const { memory, run } = large(6);
  memory.fullAfter = 3;
  const report = await run();
  expect(report).toMatchObject({ complete: false, pairs: 3, tiles: 3 });
  expect(report.rejected).toEqual([
    { file: 'all but 3 of 6 pairs', reason: expect.stringMatching(/no storage left/) as string },
  ]);
  expect(memory.tiles).toHaveLength(3);
  expect(memory.record).toMatchObject({ state: 'partial', sizeBytes: expect.any(Number) as number });

  const none = large(2);
  none.memory.fullAfter = 0;
  await expect(none.run()).rejects.toMatchObject({ code: 'storage-full' });
  expect(none.memory.record).toBeNull();
});

test('a look finds classes in the palette where no list is given', async () => {
  const loader = new Loader();
  const palette = [
    [0, 0, 0],
    [128, 0, 0],
    [0, 128, 0],
  ];
  const indexed = pngBytes({
    width: 4,
    height: 2,
    depth: 2,
    colourType: 3,
    palette,
    rows: [[0b00010110], [0]],
  });
  loader.add('folder', [
    source('city/images/a.png', picture()),
    source('city/labels/a.png', indexed),
    source('city/images/b.png', picture()),
  ]);
  const { survey } = await loader.survey();
  expect(survey).toMatchObject({
    name: 'city',
    layout: 'folders',
    pairs: { train: 1, val: 0 },
    format: 'palette-index',
    classesFrom: 'palette',
    problem: null,
    sizes: [{ width: 4, height: 2 }],
    samples: [{ name: 'a', split: 'train' }],
    rejected: [{ file: 'city/images/b.png' }],
  });
  expect(survey.classes.map(({ colour }) => colour)).toEqual(palette);
  const pair = await loader.pair('a', survey);
  expect([...pair.label.labels]).toEqual([0, 1, 1, 2, 0, 0, 0, 0]);
  await expect(loader.pair('b', survey)).rejects.toMatchObject({ code: 'not-found' });
});

test('a class list beside the folders is found, and a broken one is listed', async () => {
  for (const [text, from] of [
    [classText, 'file'],
    ['0 0 255 sky\n1 2 road\n0 0 0 void', 'values'],
  ] as const) {
    const loader = new Loader();
    loader.add('folder', [
      source('city/label_colors.txt', text),
      source('city/images/a.png', picture()),
      source('city/labels/a.png', label(1)),
    ]);
    const { survey } = await loader.survey();
    expect(survey.classesFrom).toBe(from);
    expect(survey.classes).toHaveLength(2);
    expect(survey.voidClass?.name).toBe(from === 'file' ? 'void' : undefined);
    expect(survey.rejected.map(({ file }) => file)).toEqual(
      from === 'file' ? [] : ['city/label_colors.txt, line 2'],
    );
  }
});
