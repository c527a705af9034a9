import { expect, test } from 'vitest';
import type { NetworkDraft } from '../../nets/network-record';
import { starterPrototxt } from '../../nets/starter';
import { importNetworkFiles, networkName, notANetwork } from './network-files';

const source = (path: string, content: BlobPart) => ({ path, file: new File([content], path) });
const save = async (draft: NetworkDraft) => ({
  ...draft,
  id: 'n',
  schema: 1 as const,
  createdAt: 1,
  changedAt: 1,
  origin: draft.origin ?? { kind: 'new' as const },
});

test('networks are stored under free names, the rest is refused with its reason', async () => {
  const { stored, rejected } = await importNetworkFiles(
    [
      source('a/train_val.prototxt', starterPrototxt.replaceAll('\n', '\r\n')),
      source('b/deploy.prototxt', starterPrototxt.replace(/^name: .*$/m, '')),
      source('solver.prototxt', 'net: "train_val.prototxt"\nbase_lr: 0.01\n'),
      source('broken.prototxt', 'layer {\n  name: "conv1"\n'),
      source('picture.png', Uint8Array.of(137, 80, 78, 71, 0, 255)),
      source('weights.caffemodel', 'x'),
    ],
    ['My network'],
    save,
  );
  expect(stored.map(({ name }) => name)).toEqual(['My network 2', 'b']);
  expect(stored[0]).toMatchObject({
    prototxt: starterPrototxt,
    origin: { kind: 'file', file: 'train_val.prototxt' },
  });
  expect(rejected.map(({ file }) => file)).toEqual([
    'solver.prototxt',
    'broken.prototxt',
    'picture.png',
    'weights.caffemodel',
  ]);
  expect(rejected[0]!.reason).toMatch(/solver.*"net"/);
  expect(rejected[1]!.reason).toMatch(/^Line \d/);
  expect(rejected[2]!.reason).toContain('no text');
  expect(rejected[3]!.reason).toContain('weights');
});

test('a network with faults is a network all the same', () => {
  expect(notANetwork(starterPrototxt.replace('num_output: 64', 'num_output: -1'))).toBeNull();
  expect(notANetwork('layer { name: "x" type: "HingeLoss" bottom: "data" }')).toBeNull();
  expect(notANetwork('')).toContain('Line 1');
});

test('a name is taken from the text, the file or the folder', () => {
  expect(networkName('x/fcn.prototxt', 'name: "FCN"')).toBe('FCN');
  expect(networkName('x/fcn.prototxt', 'layer { name: "a" }')).toBe('fcn');
  expect(networkName('x/deploy.prototxt', '')).toBe('x');
  expect(networkName('deploy.prototxt', '')).toBe('deploy');
});
