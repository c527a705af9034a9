import { expect, test } from 'vitest';
import { zooNetworks, zooPrototxt } from '../../nets/zoo';
import { networkFacts } from './network-facts';

test.each(zooNetworks)('$name is a network for $kind', ({ id, kind }) => {
  expect(networkFacts(zooPrototxt(id))).toMatchObject({ kind, errors: 0 });
});

test('the numbers of FCN-8s', () => {
  expect(networkFacts(zooPrototxt('fcn-8s'))).toEqual({
    kind: 'segmentation',
    parameters: 134_368_799,
    stride: 32,
    receptiveField: 404,
    errors: 0,
  });
});

test('of a text that is wrong nothing is known but how many errors it has', () => {
  const broken = zooPrototxt('fcn-8s').replace('bottom: "fuse_pool4"', 'bottom: "fuse"');
  expect(networkFacts(broken)).toMatchObject({ kind: null, parameters: null, errors: 1 });
});
