// Layouts with files made here: which one is found, what pairs with what, which pairs validate, what is left out.
import { expect, test } from 'vitest';
import { pngBytes } from '../../formats/png-bytes';
import { surveyFiles } from '../survey';
import { sourceFile } from '../testing/files';
import type { SourceFile } from '../types';

const rgb = (...pixels: number[][]) =>
  pngBytes({ width: pixels.length, height: 1, depth: 8, colourType: 2, rows: [pixels.flat()] });
const grey = (...values: number[]) =>
  pngBytes({ width: values.length, height: 1, depth: 8, colourType: 0, rows: [values] });
const grey16 = (...values: number[]) =>
  pngBytes({
    width: values.length,
    height: 1,
    depth: 16,
    colourType: 0,
    rows: [values.flatMap((value) => [value >> 8, value & 255])],
  });
const rgb16 = (...pixels: number[][]) =>
  pngBytes({
    width: pixels.length,
    height: 1,
    depth: 16,
    colourType: 2,
    rows: [pixels.flat().flatMap((value) => [value >> 8, value & 255])],
  });
const picture = rgb([1, 2, 3], [4, 5, 6], [7, 8, 9]);

const files = (contents: Record<string, Uint8Array<ArrayBuffer> | string>): SourceFile[] =>
  Object.entries(contents).map(([path, content]) => sourceFile(path, content));

async function found(
  contents: Record<string, Uint8Array<ArrayBuffer> | string>,
  layout: string | null = null,
) {
  const { survey, pairs } = await surveyFiles({ folder: files(contents) }, layout);
  return {
    ...survey,
    paired: pairs.map(({ name, split, label }) => [name, split, label.path]),
    pixels: Object.fromEntries(
      survey.classes.flatMap(({ name }, i): [string, number][] => {
        const pixels = survey.sample.pixels.classes[i]!;
        return pixels === 0 ? [] : [[name, pixels]];
      }),
    ),
  };
}

test('CamVid as published: labels called name_L.png, by colour, with both folders of the originals', async () => {
  const label = rgb([128, 128, 128], [128, 64, 128], [0, 0, 0]);
  const result = await found({
    'CamVid/701_StillsRaw_full/0001TP_006690.png': picture,
    'CamVid/LabeledApproved_full/0001TP_006690_L.png': label,
    'CamVid/701_StillsRaw_full/0001TP_006720.png': picture,
  });
  expect(result).toMatchObject({ layout: 'camvid-original', format: 'rgb', imageOnly: 1, name: 'CamVid' });
  expect(result.pixels).toEqual({ Sky: 1, Road: 1 });
  expect(result.voidClass?.name).toBe('Void');
});

test("Kaggle's CamVid: train_labels and a table of colours with a heading", async () => {
  const label = rgb([1, 1, 1], [2, 2, 2], [2, 2, 2]);
  const result = await found({
    'camvid/train/a.png': picture,
    'camvid/train_labels/a_L.png': label,
    'camvid/val/b.png': picture,
    'camvid/val_labels/b_L.png': label,
    'camvid/test/c.png': picture,
    'camvid/test_labels/c_L.png': label,
    'camvid/class_dict.csv': 'name,r,g,b\nSky,1,1,1\nRoad,2,2,2\n',
  });
  expect(result).toMatchObject({ ownValidation: true, pairs: { train: 1, val: 1 }, classesFrom: 'file' });
  expect(result.pixels).toEqual({ Sky: 2, Road: 4 });
});

const cityscapes = (kinds: Record<string, Uint8Array<ArrayBuffer>>) => {
  const contents: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const [split, city] of [
    ['train', 'aachen'],
    ['val', 'lindau'],
    ['test', 'berlin'],
  ]) {
    const stem = `${city}_000000_000019`;
    contents[`cs/leftImg8bit/${split}/${city}/${stem}_leftImg8bit.png`] = picture;
    for (const [kind, label] of Object.entries(kinds)) {
      contents[`cs/gtFine/${split}/${city}/${stem}_gtFine_${kind}.png`] = label;
    }
  }
  return contents;
};

test('Cityscapes: each kind of label gives the same classes, and train ids come first', async () => {
  const ids = grey(7, 11, 3);
  const kinds = {
    labelIds: ids,
    instanceIds: grey16(7, 11, 3),
    color: rgb([128, 64, 128], [70, 70, 70], [0, 0, 0]),
  };
  for (const kind of Object.keys(kinds)) {
    const result = await found(cityscapes(kinds), `cityscapes:${kind}`);
    expect(result.layout).toBe(`cityscapes:${kind}`);
    expect(result.pixels).toEqual({ road: 2, building: 2 });
    expect(result.sample.pixels.void).toBe(2);
    expect(result.paired.map(([name, split]) => [name, split])).toEqual([
      ['train/aachen/aachen_000000_000019', 'train'],
      ['val/lindau/lindau_000000_000019', 'val'],
    ]);
  }
  expect((await found(cityscapes(kinds))).layout).toBe('cityscapes:labelIds');
  const trained = await found(cityscapes({ ...kinds, labelTrainIds: grey(0, 2, 255) }));
  expect(trained.layout).toBe('cityscapes:labelTrainIds');
  expect(trained.classes).toHaveLength(19);
  expect(trained.pixels).toEqual({ road: 2, building: 2 });
});

test('Cityscapes: objects in the instance labels are their classes', async () => {
  const result = await found(cityscapes({ instanceIds: grey16(26001, 24012, 7) }));
  expect(result.pixels).toEqual({ car: 2, person: 2, road: 2 });
});

test("KITTI's three kinds of labels", async () => {
  const kitti = (folder: string, label: Uint8Array<ArrayBuffer>) => ({
    'kitti/training/image_2/000000_10.png': picture,
    [`kitti/training/${folder}/000000_10.png`]: label,
    'kitti/testing/image_2/000001_10.png': picture,
  });
  for (const [folder, label] of [
    ['semantic', grey(26, 7, 7)],
    ['instance', grey16(26 * 256 + 3, 7 * 256, 7 * 256)],
    ['semantic_rgb', rgb([0, 0, 142], [128, 64, 128], [128, 64, 128])],
  ] as const) {
    const result = await found(kitti(folder, label));
    expect(result.layout).toBe(`kitti:${folder}`);
    expect(result.pixels).toEqual({ car: 1, road: 2 });
    expect(result.rejected[0]?.reason).toContain('1 file is left out');
  }
});

test('PASCAL VOC: palette indices with 255 for void, and lists that say which validate', async () => {
  const palette = Array.from({ length: 256 }, (_, i) => [i, 0, 0]);
  const label = pngBytes({ width: 3, height: 1, depth: 8, colourType: 3, palette, rows: [[0, 15, 255]] });
  const names = ['2007_000001', '2007_000002', '2007_000003'];
  const contents: Record<string, Uint8Array<ArrayBuffer> | string> = {
    'VOC2012/ImageSets/Segmentation/train.txt': '2007_000001\n',
    'VOC2012/ImageSets/Segmentation/val.txt': '2007_000002\n',
    'VOC2012/JPEGImages/2007_000009.jpg': picture,
  };
  for (const name of names) {
    contents[`VOC2012/JPEGImages/${name}.jpg`] = picture;
    contents[`VOC2012/SegmentationClass/${name}.png`] = label;
    contents[`VOC2012/SegmentationObject/${name}.png`] = label;
  }
  const result = await found(contents);
  expect(result).toMatchObject({
    layout: 'voc',
    format: 'palette-index',
    pairs: { train: 1, val: 1 },
    imageOnly: 1,
  });
  expect(result.classes).toHaveLength(21);
  expect(result.sample.pixels.void).toBe(2);
  expect(result.pixels).toEqual({ background: 2, person: 2 });
  expect(result.rejected.map(({ file }) => file)).toEqual(['JPEGImages', 'SegmentationClass']);
});

test("ADE20K's scene parsing folders", async () => {
  const result = await found({
    'ADEChallengeData2016/images/training/ADE_train_00000001.jpg': picture,
    'ADEChallengeData2016/annotations/training/ADE_train_00000001.png': grey(0, 1, 150),
    'ADEChallengeData2016/images/validation/ADE_val_00000001.jpg': picture,
    'ADEChallengeData2016/annotations/validation/ADE_val_00000001.png': grey(3, 3, 3),
  });
  expect(result).toMatchObject({ layout: 'ade20k', pairs: { train: 1, val: 1 } });
  expect(result.classes).toHaveLength(150);
  expect(result.pixels).toEqual({ wall: 1, flag: 1, sky: 3 });
});

test('SYNTHIA sequences are one dataset, with their cameras as folders and the class in the first channel', async () => {
  const label = rgb16([3, 0, 0], [8, 17, 0], [12, 0, 0]);
  const contents: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const sequence of ['SYNTHIA-SEQS-01-FALL', 'SYNTHIA-SEQS-02-FOG']) {
    for (const camera of ['Stereo_Left/Omni_F', 'Stereo_Right/Omni_B']) {
      contents[`seqs/${sequence}/RGB/${camera}/000000.png`] = picture;
      contents[`seqs/${sequence}/GT/LABELS/${camera}/000000.png`] = label;
      contents[`seqs/${sequence}/Depth/${camera}/000000.png`] = picture;
    }
  }
  const result = await found(contents);
  expect(result).toMatchObject({
    layout: 'synthia-seqs:GT/LABELS',
    format: 'first-channel',
    pairs: { train: 4 },
  });
  expect(result.pixels).toEqual({ road: 4, car: 4, 'lane marking': 4 });
  expect(result.paired[0]![0]).toBe('SYNTHIA-SEQS-01-FALL/Stereo_Left/Omni_F/000000');
});

test('both greens of the lane marking are lane marking', async () => {
  const result = await found({
    's/RGB/1.png': picture,
    's/GT/1.png': rgb([0, 172, 0], [0, 175, 0], [128, 128, 128]),
  });
  expect(result).toMatchObject({ layout: 'synthia-rand:GT', sample: { unknown: [] } });
  expect(result.pixels).toEqual({ 'lane marking': 2, sky: 1 });
});

test('RGB and GT with other labels than SYNTHIA’s are plain folders', async () => {
  const result = await found({ 's/RGB/1.png': picture, 's/GT/1.png': grey(0, 1, 2) });
  expect(result).toMatchObject({ layout: 'folders', format: 'grey-index', pairs: { train: 1 } });
  expect(result.classes).toHaveLength(3);
});

test('masks of black and white are background and foreground, called like their images with an ending', async () => {
  const result = await found({
    'carvana/train/0cdf_01.jpg': picture,
    'carvana/train_masks/0cdf_01_mask.png': grey(0, 255, 255),
  });
  expect(result).toMatchObject({ layout: 'folders', pairs: { train: 1 }, voidClass: null });
  expect(result.pixels).toEqual({ background: 1, foreground: 2 });
  expect(result.layouts[0]!.why).toContain('0cdf_01_mask.png');
});

test('images and labels in one folder', async () => {
  const result = await found({
    'd/12_sat.jpg': picture,
    'd/12_mask.png': grey(0, 1, 1),
    'd/13_sat.jpg': picture,
  });
  expect(result).toMatchObject({ pairs: { train: 1 }, imageOnly: 1, labelOnly: 0 });
});

test('unknown colours are listed with their pixels and the nearest class', async () => {
  const result = await found({
    's/RGB/1.png': picture,
    's/GT/1.png': rgb([128, 128, 128], [128, 64, 128], [128, 64, 120]),
    's/RGB/2.png': picture,
    's/GT/2.png': rgb([128, 128, 128], [128, 128, 128], [128, 64, 120]),
  });
  expect(result.layout).toBe('synthia-rand:GT');
  expect(result.sample.unknown).toEqual([
    { value: (128 << 16) | (64 << 8) | 120, text: '128 64 120', pixels: 2, files: 2, nearest: 3 },
  ]);
});

test('labels of another size are counted before the import', async () => {
  const result = await found({
    'd/images/1.png': picture,
    'd/labels/1.png': grey(0, 1),
    'd/images/2.png': picture,
    'd/labels/2.png': grey(0, 1, 1),
  });
  expect(result.sample).toMatchObject({ labels: 2, wrongSize: 1 });
  expect(result.sample.rejected[0]).toMatchObject({ file: 'd/labels/1.png' });
});

test('palettes that differ are said', async () => {
  const label = (colour: number[]) =>
    pngBytes({
      width: 3,
      height: 1,
      depth: 2,
      colourType: 3,
      palette: [[0, 0, 0], colour],
      rows: [[0b00010000]],
    });
  const result = await found({
    'd/images/1.png': picture,
    'd/labels/1.png': label([1, 2, 3]),
    'd/images/2.png': picture,
    'd/labels/2.png': label([9, 2, 3]),
  });
  expect(result.notes).toEqual([
    '1 of 2 labels looked at has another palette than the first: in d/labels/2.png index 1 is 9 2 3, and not 1 2 3. Classes are taken from the indices.',
  ]);
});
