// The folder layouts of ../shared/data/layouts (tiny files by the authors of Datumaro), each by dropping its folder.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { surveyFiles } from '../../src/data/survey';
import { sourceFile } from '../../src/data/testing/files';

const shared = fileURLToPath(new URL('../../../shared/data/layouts/', import.meta.url));
const missing = !existsSync(shared);
const note = missing ? ' (skipped: there is no ../shared/data/layouts)' : '';

/** The files of a folder as a drop gives them. */
function dropped(path: string) {
  const root = path.split('/').at(-1)!;
  return readdirSync(shared + path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const whole = `${entry.parentPath}/${entry.name}`;
      return sourceFile(root + whole.slice((shared + path).length), new Uint8Array(readFileSync(whole)));
    });
}

const rand = 'sky,building,road,sidewalk,fence,vegetation,pole,car,sign,pedestrian,cyclist';
const sequences =
  'sky,building,road,sidewalk,fence,vegetation,pole,car,traffic sign,pedestrian,bicycle,lane marking,traffic light';
const sf =
  'road,sidewalk,building,wall,fence,pole,traffic light,traffic sign,vegetation,terrain,sky,person,rider,car,truck,bus,train,motorcycle,bicycle,road lines,other,road works';
const camvid =
  'Animal,Archway,Bicyclist,Bridge,Building,Car,CartLuggagePram,Child,Column_Pole,Fence,LaneMkgsDriv,LaneMkgsNonDriv,Misc_Text,MotorcycleScooter,OtherMoving,ParkingBlock,Pedestrian,Road,RoadShoulder,Sidewalk,SignSymbol,Sky,SUVPickupTruck,TrafficCone,TrafficLight,Train,Tree,Truck_Bus,Tunnel,VegetationMisc,Wall';
const cityscapes =
  'static,dynamic,ground,road,sidewalk,parking,rail track,building,wall,fence,guard rail,bridge,tunnel,pole,polegroup,traffic light,traffic sign,vegetation,terrain,sky,person,rider,car,truck,bus,caravan,trailer,train,motorcycle,bicycle';
const voc =
  'background,aeroplane,bicycle,bird,boat,bottle,bus,car,cat,chair,cow,diningtable,dog,horse,motorbike,person,pottedplant,sheep,sofa,train,tvmonitor';

type Case = [
  folder: string,
  layout: string,
  train: number,
  val: number,
  format: string,
  classes: string,
  void: string | null,
];
const cases: Case[] = [
  ['synthia_dataset/rand', 'synthia-rand:GTTXT', 2, 0, 'text-ids', rand, 'void'],
  [
    'synthia_dataset/rand_custom_labelmap',
    'synthia-rand:GT',
    2,
    0,
    'rgb',
    'background,sky,building,person,road',
    null,
  ],
  [
    'synthia_dataset/rand_meta_file',
    'synthia-rand:GT',
    2,
    0,
    'rgb',
    'background,sky,building,person,road',
    null,
  ],
  ['synthia_dataset/sf', 'synthia-sf:GTLeft', 2, 0, 'rgb', sf, 'void'],
  ['synthia_dataset/al', 'synthia-al:SemSeg', 2, 0, 'rgb', sequences, 'void'],
  ['camvid_dataset', 'camvid:colours', 1, 1, 'rgb', camvid, 'Void'],
  ['cityscapes_dataset', 'cityscapes:instanceIds', 1, 1, 'id-1000', cityscapes, 'unlabeled'],
  ['kitti_dataset', 'kitti:instance', 2, 0, 'id-256', cityscapes, 'unlabeled'],
  ['voc_dataset', 'voc:colours', 1, 0, 'rgb', voc, 'void'],
  ['ade20k2017_dataset', 'ade20k-full', 1, 1, 'ade20k', 'sky,person', 'nothing'],
  [
    'common_semantic_segmentation_dataset/dataset',
    'folders',
    2,
    0,
    'rgb',
    'Animal,Archway,Bicyclist,Child,Road',
    'Void',
  ],
  [
    'common_semantic_segmentation_dataset/non_standard_dataset',
    'folders',
    2,
    0,
    'rgb',
    'Animal,Archway,Bicyclist,Child,Road,Pedestrian,SignSymbol',
    'Void',
  ],
];

describe.skipIf(missing)(`layouts of ../shared${note}`, () => {
  test.each(cases)('%s', async (path, layout, train, val, format, classes, voidName) => {
    const { survey } = await surveyFiles({ folder: dropped(path) });
    // SYNTHIA's lane marking and traffic light are listed where the labels have them.
    expect(survey).toMatchObject({ layout, pairs: { train, val }, format, problem: null });
    expect(survey.classes.map(({ name }) => name).join()).toBe(classes);
    expect(survey.voidClass?.name ?? null).toBe(voidName);
    expect(survey.sample).toMatchObject({ labels: train + val, unknown: [], wrongSize: 0, rejected: [] });
  });

  test('SYNTHIA-RAND by its colours, chosen by hand, has the traffic light that they show', async () => {
    const { survey } = await surveyFiles({ folder: dropped('synthia_dataset/rand') }, 'synthia-rand:GT');
    expect(survey.classes.map(({ name }) => name).join()).toBe(`${rand},traffic light`);
    expect(survey).toMatchObject({ format: 'rgb', sample: { unknown: [] } });
  });

  test('a folder of several datasets offers each', async () => {
    const { survey } = await surveyFiles({ folder: dropped('synthia_dataset') });
    const ids = survey.layouts.map(({ id }) => id.split(':')[0]);
    expect(new Set(ids)).toEqual(new Set(['synthia-rand', 'synthia-sf', 'synthia-al', 'folders']));
  });
});
